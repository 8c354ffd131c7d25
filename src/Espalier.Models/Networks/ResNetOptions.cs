using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A residual network. <see cref="ResNetTable"/> has the published ones; change single options with <c>with</c>.</summary>
public readonly record struct ResNetOptions()
{
    /// <summary>The name it goes by: <c>resnet50</c>.</summary>
    public string Architecture { get; init; } = "resnet";

    /// <summary>What each block is.</summary>
    public ResidualBlock Block { get; init; } = ResidualBlock.Bottleneck;

    /// <summary>Blocks of each stage; ResNet-50's four stages have 3, 4, 6 and 3. Every stage but the first halves the map and doubles the width.</summary>
    public ValueList<int> Blocks { get; init; } = [3, 4, 6, 3];

    /// <summary>Width of the first stage and channels of the stem.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Classes it tells apart.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>The image it is built for. Any size that survives the strides works; shapes are inferred anew with <see cref="Graph.WithInput"/>.</summary>
    public FeatureMap Input { get; init; } = new(3, 224, 224);

    /// <summary>How it begins.</summary>
    public ResNetStem Stem { get; init; }

    /// <summary>The way past each block; <see cref="Shortcut.None"/> makes the plain twin.</summary>
    public Shortcut Shortcut { get; init; }

    /// <summary>Whether norm and ReLU come before each convolution instead of after it (He 2016).</summary>
    public bool PreActivation { get; init; }

    /// <summary>Where bottlenecks have their stride: v1.5 in the 3x3, as in torchvision, or v1 in the first 1x1, as in the paper.</summary>
    public StridePlacement StrideIn { get; init; }

    /// <summary>Groups of the bottlenecks' 3x3 convolutions (ResNeXt).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Scales the inner width of bottlenecks: 64 means as it is.</summary>
    public int WidthPerGroup { get; init; } = ResidualBlockOptions.UsualWidthPerGroup;

    /// <summary>For each stage but the first, whether it keeps the size and dilates instead (for segmentation). Empty means never.</summary>
    public ValueList<bool> DilateInsteadOfStride { get; init; } = [];

    /// <summary>The norm of every layer.</summary>
    public Norm Norm { get; init; } = Norms.Batch;

    /// <summary>Whether the last norm of each branch begins with weight 0, so that the network begins as a shallow one.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>The name of the last layer: <c>fc</c> in torchvision, <c>linear</c> in some CIFAR networks.</summary>
    public string Classifier { get; init; } = "fc";

    /// <summary>The blocks of one stage, as its second and later ones are; the first differs by <see cref="FirstBlock"/>.</summary>
    internal ResidualBlockOptions BlockOf(int stage) => new(checked(Width << stage))
    {
        StrideIn = StrideIn,
        Dilation = DilationAfter(stage),
        Groups = Groups,
        WidthPerGroup = WidthPerGroup,
        Shortcut = Shortcut,
        Norm = Norm,
    };

    /// <summary>The first block of a stage: it has the stride, and the dilation of the stage before.</summary>
    internal ResidualBlockOptions FirstBlock(int stage) => BlockOf(stage) with
    {
        Stride = stage == 0 || Dilates(stage) ? 1 : 2,
        Dilation = DilationAfter(stage - 1),
        ActivatesInput = stage > 0 || Stem == ResNetStem.Small,
    };

    /// <summary>Fails unless there are stages and the lists agree.</summary>
    internal void Check()
    {
        const int MostStages = 8; // the width doubles with each; 8 stages need an image of 256 pixels without the stem
        if (Blocks.Count is 0 or > MostStages || Blocks.Any(count => count < 1))
        {
            GraphException.Throw(Architecture, $"expected 1 to {MostStages} stages of at least 1 block, found [{Blocks}]");
        }

        if (DilateInsteadOfStride.Count != 0 && DilateInsteadOfStride.Count != Blocks.Count - 1)
        {
            GraphException.Throw(Architecture, $"expected dilation to be given for each of the {Blocks.Count - 1} stages after the first, or for none, found {DilateInsteadOfStride.Count}");
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
