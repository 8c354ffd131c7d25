using System.Collections.Immutable;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Finds, builds and loads the model of a <see cref="ModelSource"/>.</summary>
internal static class ModelLoader
{
    private const int Shown = 3; // the number of reasons shown in full

    /// <summary>Returns the network without parameter values.</summary>
    internal static NetworkDefinition Network(ModelSource source)
    {
        if (FindInZoo(source.Name) is not ZooEntry entry)
        {
            RequireNoBlocks(source);
            Model model = ReadModelFile(source);
            return new NetworkDefinition(model.Graph, model.Metadata);
        }

        return WithoutValues(source, entry);
    }

    private static NetworkDefinition WithoutValues(ModelSource source, ZooEntry entry)
    {
        if (source.Weights is null)
        {
            return Build(entry, source, source.Classes);
        }

        try
        {
            Model model = Load(source); // its layers may follow from the weights
            return new NetworkDefinition(model.Graph, model.Metadata);
        }
        catch (StateDictMismatchException)
        {
            return Fit(entry, source with { Note = null }, ReadWeights(source)); // the network alone, with as many classes as the weights show
        }
    }

    /// <summary>Returns the network with its parameters.</summary>
    internal static Model Load(ModelSource source)
    {
        if (FindInZoo(source.Name) is not ZooEntry entry)
        {
            return FromModelFile(source);
        }

        if (source.Weights is null)
        {
            ulong seed = source.Seed ?? throw new EspalierException($"{source.Name} is a network without weights: name the checkpoint that has them (Weights), or a Seed for random ones");
            return Build(entry, source, source.Classes).Initialize(seed);
        }

        Checkpoint checkpoint = ReadCheckpoint(source);
        StateDict weights = RenameRule.Apply(source.Renames, checkpoint.StateDict);
        return CheckpointFit.Load(source, checkpoint, weights, Fit(entry, source, weights), classes => Build(entry, source with { Note = null }, classes));
    }

    /// <summary>Returns the zoo's entry of a name, or <see langword="null"/> if the name is that of a file.</summary>
    /// <exception cref="EspalierException">The name is neither; the message suggests similar names.</exception>
    internal static ZooEntry? FindInZoo(string name) =>
        LooksLikePath(name) ? null
        : Zoo.TryFind(name, out ZooEntry? entry) ? entry
        : File.Exists(name) ? null
        : Zoo.Find(name); // its message suggests similar names

    /// <summary>Builds an architecture of the zoo with its multi-branch blocks, and reports which convolutions were not replaced and which blocks lack a branch.</summary>
    internal static NetworkDefinition Build(ZooEntry entry, ZooOptions options, Action<string>? note)
    {
        if (options.Blocks.Count == 0)
        {
            return entry.Create(options);
        }

        BlockSubstitutionResult built = BlockSubstitution.Apply(entry.Create(options with { Blocks = [] }), options.Blocks.Items.AsSpan());
        Tell(built.Plain, "stays plain", "convolutions stay plain", note);
        Tell(built.Reduced, "becomes a smaller block", "convolutions become smaller blocks", note);
        return built.NetworkDefinition;
    }

    private static NetworkDefinition Build(ZooEntry entry, ModelSource source, int? classes) =>
        Build(entry, new ZooOptions { Classes = classes, Blocks = source.Blocks }, source.Note);

    private static void Tell(ImmutableArray<(string Node, string Reason)> nodes, string fate, string fates, Action<string>? note)
    {
        foreach ((string node, string reason) in nodes.Take(Shown))
        {
            note?.Invoke($"{node} {fate}: {reason}");
        }

        if (nodes.Length > Shown)
        {
            note?.Invoke($"{nodes.Length - Shown} more {fates}");
        }
    }

    private static void RequireNoBlocks(ModelSource source)
    {
        if (source.Blocks.Count > 0)
        {
            throw new EspalierException($"blocks are chosen for a network of the zoo, but {source.Name} is a model file; expanding it makes its convolutions into blocks");
        }
    }

    private static Model FromModelFile(ModelSource source)
    {
        RequireNoBlocks(source);
        if (source.Classes is not null)
        {
            throw new EspalierException($"the number of classes is chosen for a network of the zoo, but {source.Name} is a model file");
        }

        Model model = ReadModelFile(source);
        return source.Weights is null ? model : new NetworkDefinition(model.Graph, model.Metadata).Load(ReadWeights(source));
    }

    private static bool LooksLikePath(string name) => name.AsSpan().ContainsAny('/', '\\', '.');

    private static Model ReadModelFile(ModelSource source) => ModelFile.Is(source.Name)
        ? ModelFile.Read(source.Name)
        : throw new EspalierException($"{source.Name} contains weights only; name the architecture that they belong to, such as resnet50, and give the file as its weights");

    private static Checkpoint ReadCheckpoint(ModelSource source) => CheckpointReader.Read(source.Weights!, new CheckpointOptions { StateDictKey = source.StateDictKey });

    private static StateDict ReadWeights(ModelSource source) => RenameRule.Apply(source.Renames, ReadCheckpoint(source).StateDict);

    /// <summary>Builds the network with the requested number of classes, or otherwise with that of the weights.</summary>
    private static NetworkDefinition Fit(ZooEntry entry, ModelSource source, StateDict weights)
    {
        NetworkDefinition usual = Build(entry, source, null);
        int? classes = source.Classes ?? ClassCount.Infer(usual.Graph, MaskedStateDict.Split(weights).Values);
        return classes is null ? usual : Build(entry, source, classes);
    }
}
