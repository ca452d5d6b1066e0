"""What the configuration of a foreign model may name: parts of Keras that only compute."""

LAYERS = frozenset(
    """
    Activation ActivityRegularization Add AlphaDropout Attention Average AveragePooling1D AveragePooling2D
    AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose
    Conv2D Conv2DTranspose Conv3D Conv3DTranspose Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D
    DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout
    GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention Identity InputLayer IntegerLookup
    LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum
    MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN RandomBrightness RandomContrast
    RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing
    SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D
    SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TimeDistributed UnitNormalization
    UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """.split()  # noqa: SIM905
)
INITIALIZERS = frozenset(
    """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform
    Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
    """.split()  # noqa: SIM905
)
COMPILED = {  # with what a model was trained, which is built even of a model within a model
    "keras.optimizers": "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon "
    "Nadam RMSprop SGD",
    "keras.losses": "BinaryCrossentropy CategoricalCrossentropy Huber MeanAbsoluteError MeanSquaredError "
    "SparseCategoricalCrossentropy",
    "keras.metrics": "Accuracy BinaryAccuracy CategoricalAccuracy MeanAbsoluteError MeanSquaredError "
    "RootMeanSquaredError SparseCategoricalAccuracy SparseTopKCategoricalAccuracy TopKCategoricalAccuracy",
}
# Operations of a functional model, by the name of their class in `keras.src.ops`.
OPERATIONS = frozenset(
    """
    Absolute Add Argmax Argmin BroadcastTo Cast Ceil Clip Concatenate Cos Divide Einsum Equal Exp ExpandDims Floor
    Gelu GetItem Greater GreaterEqual Isfinite Less LessEqual Log LogicalAnd LogicalNot LogicalOr Matmul Max Maximum
    Mean Min Minimum Multiply Negative NotEqual OneHot Power Relu Repeat Reshape Round Sigmoid Silu Sin Softmax
    Softplus Sqrt Square Squeeze Stack Subtract Sum Take Tanh Tile Transpose TrueDivide Where
    """.split()  # noqa: SIM905
)
MODELS = frozenset({"Functional", "Sequential", "Model"})
ALLOWED: dict[str, frozenset[str]] = {
    "keras": frozenset({"DTypePolicy", "Model", "Sequential"}),
    "keras.layers": LAYERS,
    "keras.initializers": INITIALIZERS,
    "keras.regularizers": frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.models.sequential": frozenset({"Sequential"}),
    "keras.src.ops.core": OPERATIONS,
    "keras.src.ops.nn": OPERATIONS,
    "keras.src.ops.numpy": OPERATIONS,
    **{module: frozenset(names.split()) for module, names in COMPILED.items()},
}
VALUES = frozenset({"__keras_tensor__", "__numpy__", "__slice__", "__tuple__", "__ellipsis__"})  # plain data
