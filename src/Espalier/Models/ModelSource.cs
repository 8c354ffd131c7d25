using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Where a model comes from: a model file, a network of the zoo with its weights, or a checkpoint with the network that it is of. A string is taken for the name alone.</summary>
/// <param name="Name">The path of a model file (<c>flowers.espalier</c>), the name of a network of the zoo (<c>resnet50</c>), or the path of a checkpoint (<c>small.pth</c>) with a shape list (<see cref="ShapeList"/>).</param>
public sealed record ModelSource(string Name)
{
    /// <summary>The checkpoint with the network's weights: PyTorch's or safetensors. <see langword="null"/> for those of the model file, or for random ones (<see cref="Seed"/>).</summary>
    public string? Weights { get; init; }

    /// <summary>
    /// The list of layers that says which network a checkpoint is of, where it is none of the zoo, as after a pruning: <see cref="ModelSaving.Save"/> writes it beside such weights. <see langword="null"/> for the one beside a
    /// checkpoint that is the <see cref="Name"/> (<c>small.shapes.json</c> beside <c>small.pth</c>).
    /// </summary>
    public string? ShapeList { get; init; }

    /// <summary>The entry of the checkpoint that is its state_dict, or <see langword="null"/> to look in the usual places.</summary>
    public string? StateDictKey { get; init; }

    /// <summary>How the checkpoint's parameter names become the network's, one rule after another.</summary>
    public IReadOnlyList<RenameRule> Renames { get; init; } = [];

    /// <summary>Classes of a network of the zoo, where they are neither its usual ones nor told by the checkpoint's last layer.</summary>
    public int? Classes { get; init; }

    /// <summary>Multi-branch blocks in the place of convolutions of a network of the zoo.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>The seed that a network of the zoo without <see cref="Weights"/> gets random weights from. <see langword="null"/>, and such a network is refused, since its answers would mean nothing.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The names of the classes, for a model that has none or others; empty to take the model's own. Two classes may have one name, as in ImageNet's list.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>A text file with the name of class 0, 1, … on each line, as an alternative to <see cref="Labels"/>.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>How images become inputs, for a model that does not say or says otherwise; <see langword="null"/> to take the model's own.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>Hears what is worth knowing about the network: which convolutions stayed as they are in spite of <see cref="Blocks"/>.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Whether the weights come from a file; if not, they are random.</summary>
    public bool HasTrainedWeights => Weights is not null || ModelLoader.FindInZoo(Name) is null;

    /// <summary>Takes a path or a name for a source.</summary>
    public static implicit operator ModelSource(string name) => new(name);

    /// <summary>Loads a model by its path or name.</summary>
    /// <param name="name">A model file, a network of the zoo, or a checkpoint with its shape list beside it.</param>
    /// <param name="weights">The checkpoint of a network of the zoo.</param>
    /// <exception cref="ArgumentException">As for <see cref="Load()"/>.</exception>
    /// <exception cref="EspalierException">As for <see cref="Load()"/>.</exception>
    public static Model Load(string name, string? weights = null) => new ModelSource(name) { Weights = weights }.Load();

    /// <summary>Loads the model.</summary>
    /// <exception cref="ArgumentException">An option is empty, <see langword="null"/> or out of range; the message names it.</exception>
    /// <exception cref="EspalierException">There is no such file or network; the weights are not the network's; a network of the zoo has neither <see cref="Weights"/> nor a <see cref="Seed"/>; an option says nothing about such a source; labels are not one for each class.</exception>
    public Model Load()
    {
        Model model = ModelLoader.Load(this);
        model = LabelsFile is null ? model : model.With(model.Metadata with { Labels = LabelList.Read(LabelsFile, Data.OutputClasses.CountOf(model)) });
        model = Labels.Count == 0 ? model : model.With(model.Metadata with { Labels = LabelList.Require(Labels, model) });
        return Preprocessing is null ? model : model.With(model.Metadata with { Preprocessing = Preprocessing });
    }

    /// <summary>The network alone, for what needs no weights, such as a summary.</summary>
    /// <exception cref="EspalierException">There is no such file or network.</exception>
    public NetworkDefinition LoadNetwork() => ModelLoader.Network(this);
}
