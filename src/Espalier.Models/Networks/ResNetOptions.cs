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

    /// <summary>Width of the first stage and channels of the stem.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Number of classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels and size of the input image. Other sizes can be set later with <see cref="Graph.WithInput"/>, which infers the shapes again.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>The network's first layers.</summary>
    public ResNetStem Stem { get; init; }

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

    /// <summary>For each stage but the first, whether dilation replaces its stride, which keeps the size (for segmentation). Empty for none.</summary>
    public ValueList<bool> DilateInsteadOfStride { get; init; } = [];

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether the last norm of each branch is initialized with weight 0, so that every block is initially the identity.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>The name of the last layer, such as <c>fc</c> in torchvision or <c>linear</c> in some CIFAR networks.</summary>
    public string Classifier { get; init; } = "fc";

    /// <summary>Options of a stage's second and later blocks; the first block's are <see cref="FirstBlock"/>.</summary>
    internal ResidualBlockOptions BlockOf(int stage) => new(checked(Width << stage))
    {
        StrideIn = StrideIn,
        Dilation = DilationAfter(stage),
        Groups = Groups,
        WidthPerGroup = WidthPerGroup,
        Shortcut = Shortcut,
        Norm = Norm,
    };

    /// <summary>Options of a stage's first block, which has the stride, and the dilation of the previous stage.</summary>
    internal ResidualBlockOptions FirstBlock(int stage) => BlockOf(stage) with
    {
        Stride = stage == 0 || Dilates(stage) ? 1 : 2,
        Dilation = DilationAfter(stage - 1),
        ActivatesInput = stage > 0 || Stem == ResNetStem.Small,
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
