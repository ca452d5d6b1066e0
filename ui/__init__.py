"""Everything that is drawn: the frame of a page, groups of widgets, charts, components, the words in two languages."""
