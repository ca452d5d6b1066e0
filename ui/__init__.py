"""Everything that is drawn: the frame of a page, groups of widgets, charts, components and the words in both languages."""
