using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Labels, preprocessing and other information about a model besides graph and parameters, stored in the model file.</summary>
public sealed record ModelMetadata
{
    /// <summary>Empty metadata.</summary>
    public static ModelMetadata None { get; } = new();

    /// <summary>The architecture's name, such as <c>resnet50</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The names of the classes, by output index. Empty if unknown.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>How an image is converted to an input, or <see langword="null"/> if unknown.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>The rows of the papers' tables: conv1, conv2_x … conv5_x. If empty, stages are the first parts of node names.</summary>
    public ValueList<Stage> Stages { get; init; } = [];

    /// <summary>The steps that produced the model (training, pruning, …), oldest first.</summary>
    public ValueList<LineageEntry> Lineage { get; init; } = [];

    /// <summary>A copy with one more step of lineage.</summary>
    public ModelMetadata After(LineageEntry entry) => this with { Lineage = Lineage.Add(entry) };
}
