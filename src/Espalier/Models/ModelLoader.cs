using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Finds, builds and loads the model of a <see cref="ModelSource"/>.</summary>
internal static class ModelLoader
{
    private const int Shown = 3; // the number of reasons shown in full

    /// <summary>Returns the network without parameter values.</summary>
    internal static NetworkDefinition Network(ModelSource source)
    {
        ModelSourceCheck.Require(source);
        if (FindInZoo(source.Name) is ZooEntry entry)
        {
            ModelSourceCheck.RequireOfZoo(source);
            return source.ShapeList is not null ? Listed(source, source.ShapeList)
                : WithoutValues(source, entry);
        }

        if (ListOf(source) is string list)
        {
            return Listed(source, list);
        }

        ModelSourceCheck.RequireOfModelFile(source);
        Model model = StoredModel.Read(ModelPath.Require(source.Name), source.Note, source.Onnx);
        return new NetworkDefinition(model.Graph, model.Metadata);
    }

    private static NetworkDefinition WithoutValues(ModelSource source, ZooEntry entry)
    {
        if (source.Weights is null)
        {
            return Build(entry, source, source.Classes, null);
        }

        try
        {
            Model model = Load(source); // its layers may follow from the weights
            return new NetworkDefinition(model.Graph, model.Metadata);
        }
        catch (StateDictMismatchException)
        {
            return Fit(entry, source with { Note = null }, ReadWeights(source, source.Weights)); // the network alone, with as many classes as the weights show
        }
    }

    /// <summary>Returns the network with its parameters.</summary>
    internal static Model Load(ModelSource source)
    {
        ModelSourceCheck.Require(source);
        if (FindInZoo(source.Name) is ZooEntry entry)
        {
            ModelSourceCheck.RequireOfZoo(source);
            return source.ShapeList is not null ? Loaded(source, Listed(source, source.ShapeList), source.Weights!) : OfZoo(entry, source);
        }

        if (ListOf(source) is string list)
        {
            return Loaded(source, Listed(source, list), source.Name);
        }

        ModelSourceCheck.RequireOfModelFile(source);
        Model model = StoredModel.Read(ModelPath.Require(source.Name), source.Note, source.Onnx);
        return source.Weights is null ? model : Loaded(source, new NetworkDefinition(model.Graph, model.Metadata), source.Weights);
    }

    /// <summary>Returns how the names of a source's checkpoint, after renaming, become those of a network.</summary>
    internal static LoadingOptions Options(ModelSource source, NetworkDefinition network)
    {
        string[] optional = source.NewHead && HeadReplacement.Find(network.Graph, network.Metadata) is { } head ? [$"^{Regex.Escape(head.Name)}\\."] : [];
        string[] missing = [.. source.AllowMissing, .. optional];
        return new LoadingOptions
        {
            Drop = source.Drop,
            AllowMissing = missing,
            Initial = missing.Length == 0 ? null : network.Initialize(seed: 0).Parameters,
            Note = source.Note,
        };
    }

    private static Model Loaded(ModelSource source, NetworkDefinition network, string path) => network.Load(ReadWeights(source, path), Options(source, network));

    /// <summary>Returns the zoo's entry of a name, or <see langword="null"/> if the name is that of a file.</summary>
    /// <exception cref="EspalierException">The name is neither; the message suggests similar names.</exception>
    internal static ZooEntry? FindInZoo(string name) =>
        LooksLikePath(name) ? null
        : Zoo.TryFind(name, out ZooEntry? entry) ? entry
        : Path.Exists(name) ? null
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

    /// <summary>Builds an architecture of the zoo. With another number of input channels it has no labels, because its images are not those of the usual data set.</summary>
    private static NetworkDefinition Build(ZooEntry entry, ModelSource source, int? classes, int? channels)
    {
        NetworkDefinition network = Build(entry, new ZooOptions { Classes = classes, Blocks = source.Blocks, InputChannels = channels, Residual = source.Residual }, source.Note);
        return network.Metadata.Preprocessing is null ? network with { Metadata = network.Metadata with { Labels = [] } } : network;
    }

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

    private static Model OfZoo(ZooEntry entry, ModelSource source)
    {
        if (source.Weights is null)
        {
            ulong seed = source.Seed ?? throw new EspalierException($"{source.Name} is a network without weights: name the checkpoint that has them (Weights), or a Seed for random ones");
            return Build(entry, source, source.Classes, null).Initialize(seed);
        }

        Checkpoint checkpoint = ReadCheckpoint(source, source.Weights);
        StateDict weights = RenameRule.Apply(source.Renames, checkpoint.StateDict);
        NetworkDefinition network = Fit(entry, source, weights);
        int channels = network.Graph.ShapeOf(network.Graph.Input.Name)[0];
        return CheckpointFit.Load(source, checkpoint, weights, network, classes => Build(entry, source with { Note = null }, classes, channels));
    }

    /// <summary>The shape list of a checkpoint that is the source's name; <see langword="null"/> where that is a model file.</summary>
    /// <exception cref="EspalierException">It is neither, or there is no list.</exception>
    private static string? ListOf(ModelSource source)
    {
        if (IsModelFile(ModelPath.Require(source.Name)))
        {
            return null;
        }

        string beside = ShapeList.PathBeside(source.Name);
        string list = source.ShapeList ?? (File.Exists(beside) ? beside
            : throw new EspalierException($"{source.Name} contains weights only; name the architecture that they belong to, such as resnet50, and give the file as its weights"));
        ModelSourceCheck.RequireOfList(source);
        return list;
    }

    private static bool IsModelFile(string path)
    {
        try
        {
            return StoredModel.Is(path);
        }
        catch (MalformedInputException error)
        {
            throw new EspalierException(path.EndsWith(ShapeList.Extension, StringComparison.Ordinal)
                ? $"{path} is a shape list, which says what a network is: name the checkpoint beside it, or name it as the ShapeList of one"
                : $"{path} is no model file: {error.Message}", error);
        }
    }

    /// <summary>The network that a list says, which has to be of the architecture that is named, if one is.</summary>
    private static NetworkDefinition Listed(ModelSource source, string list)
    {
        NetworkDefinition network = ShapeList.Read(list);
        if (source.Weights is not null)
        {
            SameArchitecture.Require(network.Graph, source.Name, list, "with the checkpoint as the Name");
        }

        return network;
    }

    private static bool LooksLikePath(string name) => name.AsSpan().ContainsAny('/', '\\', '.');

    private static Checkpoint ReadCheckpoint(ModelSource source, string path) => CheckpointReader.Read(ModelPath.Require(path), new CheckpointOptions { StateDictKey = source.StateDictKey });

    private static StateDict ReadWeights(ModelSource source, string path) => RenameRule.Apply(source.Renames, ReadCheckpoint(source, path).StateDict);

    /// <summary>Builds the network with the requested number of classes, or otherwise with that of the weights, and with the input channels of the weights.</summary>
    private static NetworkDefinition Fit(ZooEntry entry, ModelSource source, StateDict weights)
    {
        NetworkDefinition usual = Build(entry, source, null, null);
        StateDict values = MaskedStateDict.Split(weights).Values;
        int? classes = source.Classes ?? ClassCount.Infer(usual.Graph, values);
        (int Channels, string Layer)? input = InputChannelCount.Infer(usual.Graph, values);
        if (input is (int channels, string layer))
        {
            source.Note?.Invoke($"the network is built for {channels} input {(channels == 1 ? "channel" : "channels")}, as the weights of {layer} have; labels and preprocessing of the architecture do not apply to it");
        }

        return classes is null && input is null ? usual : Build(entry, source with { Note = null }, classes, input?.Channels);
    }
}
