using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Models;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The source of a model: a model file, an ONNX network, or an architecture of the zoo with a checkpoint of its weights. A string converts to a source with that name.</summary>
/// <param name="Name">The path of a model file (<c>flowers.espalier</c>), of an ONNX network (<c>flowers.onnx</c>) or of the folder of a training, the name of an architecture of the zoo (<c>resnet50</c>), or the path of a checkpoint with a shape list (<c>small.pth</c>; see <see cref="ShapeList"/>).</param>
public sealed record ModelSource(string Name)
{
    /// <summary>The path of a model file or of an ONNX network, or the name of an architecture of the zoo. The folder of a training stands for the model file in it.</summary>
    public string Name { get; init; } = ModelPath.Resolve(Name);

    /// <summary>The path of a checkpoint with the network's weights, in PyTorch's format or safetensors; <see langword="null"/> for the weights of the model file or random weights (<see cref="Seed"/>).</summary>
    public string? Weights
    {
        get;
        init => field = value is null ? null : ModelPath.Resolve(value);
    }

    /// <summary>
    /// The path of the shape list that describes the network of a checkpoint, for a network that is not in the zoo, such as a pruned one: <see cref="ModelSaving.Save"/> writes it beside the weights. <see langword="null"/> for the
    /// list beside the checkpoint if <see cref="Name"/> is a checkpoint (<c>small.shapes.json</c> beside <c>small.pth</c>).
    /// </summary>
    public string? ShapeList { get; init; }

    /// <summary>The key of the state_dict in the checkpoint, or <see langword="null"/> to try the usual ones.</summary>
    public string? StateDictKey { get; init; }

    /// <summary>The rules that convert the checkpoint's parameter names to the network's, applied in order.</summary>
    public IReadOnlyList<RenameRule> Renames { get; init; } = [];

    /// <summary>Regular expressions for the names, after renaming, of tensors of the checkpoint that are left out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Regular expressions for the names of parameters that the checkpoint may lack; they are initialized with seed 0, which <see cref="Note"/> receives.</summary>
    public IReadOnlyList<string> AllowMissing { get; init; } = [];

    /// <summary>Whether the last layer will be replaced, so that the checkpoint may lack it, such as a backbone's.</summary>
    public bool NewHead { get; init; }

    /// <summary>The number of classes of an architecture of the zoo; <see langword="null"/> to infer it from the last layer of the checkpoint or to use the default.</summary>
    public int? Classes { get; init; }

    /// <summary>The multi-branch blocks that replace convolutions of an architecture of the zoo.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>The parts of a residual network of the zoo that are replaced, such as its stem.</summary>
    public ResidualVariant Residual { get; init; }

    /// <summary>Whether weights are loaded even if the checkpoint's file name, an entry such as <c>arch</c>, or the <c>config.json</c> beside it names another architecture, whose parameters have the same names and shapes.</summary>
    public bool AnyName { get; init; }

    /// <summary>The random seed of the weights of an architecture of the zoo without <see cref="Weights"/>. If it is <see langword="null"/>, loading such a network fails, since its predictions would be meaningless.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Labels that replace those of the model; empty to keep them. Two classes may have the same label, as in ImageNet.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>A text file with the name of class 0, 1, … on each line, as an alternative to <see cref="Labels"/>.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Preprocessing that replaces that of the model; <see langword="null"/> to keep it.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>For an ONNX network that leaves the size of its input open: that size. <see langword="null"/> for all others.</summary>
    public OnnxReadOptions? Onnx { get; init; }

    /// <summary>Called with messages about the network, such as convolutions that could not be replaced by <see cref="Blocks"/>, or layers that are narrower in the weights than in the architecture.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Whether the weights are read from a file; otherwise they are random.</summary>
    public bool HasTrainedWeights => Weights is not null || ModelLoader.FindInZoo(Name) is null;

    /// <summary>Converts a path or a name to a source.</summary>
    public static implicit operator ModelSource(string name) => new(name);

    /// <summary>Loads a model by path or name.</summary>
    /// <param name="name">The path of a model file or of a checkpoint with a shape list beside it, or the name of an architecture of the zoo.</param>
    /// <param name="weights">The path of a checkpoint for an architecture of the zoo.</param>
    /// <exception cref="ArgumentException">An argument is empty or <see langword="null"/>.</exception>
    /// <exception cref="EspalierException">The model cannot be loaded; see <see cref="Load()"/>.</exception>
    public static Model Load(string name, string? weights = null) => new ModelSource(name) { Weights = weights }.Load();

    /// <summary>Loads the model.</summary>
    /// <exception cref="ArgumentException">An option is empty, <see langword="null"/> or out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The file or architecture does not exist; the weights do not fit the network; an architecture of the zoo has neither <see cref="Weights"/> nor a <see cref="Seed"/>; an option does not apply to the source; or the number of labels is not the number of classes.</exception>
    public Model Load()
    {
        Model model = ModelLoader.Load(this);
        if (Note is not null && IntegerTier.Advice is { } advice && model.Graph.Nodes.Any(node => node.Op is Quantize))
        {
            Note(advice);
        }

        model = LabelsFile is null ? model : model.With(model.Metadata with { Labels = LabelList.Read(LabelsFile, Data.OutputClasses.CountOf(model)) });
        model = Labels.Count == 0 ? model : model.With(model.Metadata with { Labels = LabelList.Require(Labels, model) });
        return Preprocessing is null ? model : model.With(model.Metadata with { Preprocessing = Preprocessing });
    }

    /// <summary>Loads the network without weights, for example for a summary.</summary>
    /// <exception cref="EspalierException">The file or architecture does not exist.</exception>
    public NetworkDefinition LoadNetwork() => ModelLoader.Network(this);
}
