using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Options of a residual network. <see cref="ResNetTable"/> has the options of the published networks; change single options with a <c>with</c> expression.</summary>
public readonly record struct ResNetOptions()
{
    /// <summary>The architecture's name, such as <c>resnet50</c>.</summary>
    public string Architecture { get; init; } = "resnet";

    /// <summary>The kind of residual block.</summary>
    public ResidualBlock Block { get; init; } = ResidualBlock.Bottleneck;

    /// <summary>Number of blocks of each stage; ResNet-50's four stages have 3, 4, 6 and 3. Every stage but the first halves the feature map's size and doubles the width.</summary>
    public ValueList<int> Blocks { get; init; } = [3, 4, 6, 3];

    /// <summary>Width of the first stage, and channels of the stem unless <see cref="StemChannels"/> says others.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image. Other sizes can be set later with <see cref="Graph.WithInput"/>, which infers the shapes again.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>The network's first layers.</summary>
    public ResNetStem Stem { get; init; }

    /// <summary>Channels that the first layers make, such as 128 in ResNet-50-S; <see langword="null"/> for <see cref="Width"/>.</summary>
    public int? StemChannels { get; init; }

    /// <summary>Whether norm and ReLU follow the last convolution of the first layers; <see langword="null"/> for yes, but for the small stem of a pre-activation network.</summary>
    public bool? StemActivation { get; init; }

    /// <summary>What halves the size a second time in the first layers. The small stem has none.</summary>
    public ResNetStemPool StemPool { get; init; }

    /// <summary>The kind of shortcut of each block; <see cref="Shortcut.None"/> builds a plain network.</summary>
    public Shortcut Shortcut { get; init; }

    /// <summary>Whether norm and ReLU come before each convolution instead of after it (He 2016).</summary>
    public bool PreActivation { get; init; }

    /// <summary>The convolution that has a bottleneck's stride: the 3x3 (v1.5) as in torchvision, or the first 1x1 (v1) as in the paper.</summary>
    public StridePlacement StrideIn { get; init; }

    /// <summary>Groups of the bottlenecks' 3x3 convolutions (ResNeXt).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Scales the inner width of bottlenecks; 64 leaves it unchanged.</summary>
    public int WidthPerGroup { get; init; } = ResidualBlockOptions.UsualWidthPerGroup;

    /// <summary>The inner width of bottlenecks divided by the channels of their first convolution; 2 in SENet-154.</summary>
    public int FirstReduction { get; init; } = 1;

    /// <summary>What blocks have in the place of their first 3x3 convolution.</summary>
    public SpatialConvolution Spatial { get; init; }

    /// <summary>The parts that <see cref="Spatial"/> divides its channels into, or the number of convolutions in parallel.</summary>
    public int Splits { get; init; } = 1;

    /// <summary>How the first layers and the first blocks of stages halve the size.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>The attention at the end of each branch.</summary>
    public ChannelAttention Attention { get; init; }

    /// <summary>The channels inside an attention divided by those that it weighs.</summary>
    public double AttentionRatio { get; init; } = ResidualBlockOptions.UsualAttentionRatio;

    /// <summary>The number that the channels inside an attention are a multiple of.</summary>
    public int AttentionDivisor { get; init; } = ResidualBlockOptions.UsualAttentionDivisor;

    /// <summary>For each stage but the first, whether dilation replaces its stride, which keeps the size (for segmentation). Empty for none.</summary>
    public ValueList<bool> DilateInsteadOfStride { get; init; } = [];

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether the weights of each convolution are standardized before use (Qiao 2019, "Weight standardization").</summary>
    public bool StandardizedWeights { get; init; }

    /// <summary>Dropout probability before the last layer during training.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the last norm of each branch is initialized with weight 0, so that every block is initially the identity.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>The name of the last layer, such as <c>fc</c> in torchvision or <c>linear</c> in some CIFAR networks.</summary>
    public string Classifier { get; init; } = "fc";

    /// <summary>Whether the branches of basic blocks end with a ReLU before the attention.</summary>
    internal bool ActivatesBranch { get; init; }

    /// <summary>The names of the layers.</summary>
    internal ResNetNames Names { get; init; } = ResNetNames.Torchvision;

    /// <summary>Whether norm and ReLU follow the last convolution of the first layers.</summary>
    internal bool IsStemActive => StemActivation ?? (Stem != ResNetStem.Small || !PreActivation);

    /// <summary>Options of a stage's second and later blocks; the first block's are <see cref="FirstBlock"/>.</summary>
    internal ResidualBlockOptions BlockOf(int stage) => new(checked(Width << stage))
    {
        StrideIn = StrideIn,
        Dilation = DilationAfter(stage),
        Groups = Groups,
        WidthPerGroup = WidthPerGroup,
        FirstReduction = FirstReduction,
        Shortcut = Shortcut,
        Spatial = Spatial,
        Splits = Splits,
        Pooling = Pooling,
        Attention = Attention,
        AttentionRatio = AttentionRatio,
        AttentionDivisor = AttentionDivisor,
        Norm = Norm,
        StandardizedWeights = StandardizedWeights,
        ActivatesBranch = ActivatesBranch,
        Names = Names,
    };

    /// <summary>Options of a stage's first block, which has the stride, and the dilation of the previous stage.</summary>
    internal ResidualBlockOptions FirstBlock(int stage) => BlockOf(stage) with
    {
        Stride = stage == 0 || Dilates(stage) ? 1 : 2,
        Dilation = DilationAfter(stage - 1),
        DilatesInstead = Dilates(stage),
        ActivatesInput = stage > 0 || !IsStemActive,
    };

    /// <summary>Throws unless the numbers of stages and blocks are valid and consistent.</summary>
    internal void Check()
    {
        const int MostStages = 8; // the width doubles with each stage; 8 stages need an image of 256 pixels without the stem
        if (Blocks.Count is 0 or > MostStages || Blocks.Any(count => count < 1))
        {
            GraphException.Throw(Architecture, $"expected 1 to {MostStages} stages of at least 1 block, found [{Blocks}]");
        }

        if (DilateInsteadOfStride.Count != 0 && DilateInsteadOfStride.Count != Blocks.Count - 1)
        {
            GraphException.Throw(Architecture, $"expected {Blocks.Count - 1} values for the dilation of the stages after the first, or none, found {DilateInsteadOfStride.Count}");
        }
    }

    private bool Dilates(int stage) => stage > 0 && DilateInsteadOfStride.Count > 0 && DilateInsteadOfStride[stage - 1];

    private int DilationAfter(int stage)
    {
        int dilation = 1;
        for (int i = 1; i <= stage; i++)
        {
            dilation *= Dilates(i) ? 2 : 1;
        }

        return dilation;
    }
}
