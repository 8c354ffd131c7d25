using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What is known about a model besides its network and numbers. It travels in the model file.</summary>
public sealed record ModelMetadata
{
    /// <summary>Nothing known.</summary>
    public static ModelMetadata None { get; } = new();

    /// <summary>The architecture's name: <c>resnet50</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The classes, by index. Empty when unknown.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>How an image becomes an input, or <see langword="null"/> when unknown.</summary>
    public Preprocessing? Preprocessing { get; init; }

    /// <summary>The parts that the papers' tables show: conv1, conv2_x … conv5_x. Empty means the first parts of the names.</summary>
    public ValueList<Stage> Stages { get; init; } = [];

    /// <summary>What has been done to the model, oldest first.</summary>
    public ValueList<LineageEntry> Lineage { get; init; } = [];

    /// <summary>A copy with one more line of lineage.</summary>
    public ModelMetadata After(LineageEntry entry) => this with { Lineage = Lineage.Add(entry) };
}
