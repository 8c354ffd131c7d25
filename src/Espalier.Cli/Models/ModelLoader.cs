using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Finds, builds and loads the model that a command line asks for.</summary>
internal static class ModelLoader
{
    /// <summary>The network alone, for what needs no numbers.</summary>
    internal static Blueprint Network(ModelRequest request)
    {
        if (FindInZoo(request.Name) is not ZooEntry entry)
        {
            RequireNoBlocks(request);
            Model model = ReadModelFile(request);
            return new Blueprint(model.Graph, model.Metadata);
        }

        return request.Weights is null ? Build(entry, request, request.Classes) : Fit(entry, request, ReadWeights(request));
    }

    /// <summary>The network with its numbers.</summary>
    internal static LoadedModel Load(ModelRequest request)
    {
        if (FindInZoo(request.Name) is not ZooEntry entry)
        {
            return new LoadedModel(FromModelFile(request), Trained: true);
        }

        if (request.Weights is null)
        {
            Blueprint network = Build(entry, request, request.Classes);
            return new LoadedModel(network.Initialize(request.Seed), Trained: false);
        }

        StateDict weights = ReadWeights(request);
        Blueprint fitted = Fit(entry, request, weights);
        return new LoadedModel(fitted.Load(weights), Trained: true);
    }

    private static Blueprint Build(ZooEntry entry, ModelRequest request, int? classes) =>
        BlockOptions.Build(entry, new ZooOptions { Classes = classes, Blocks = request.Blocks }, request.Note);

    private static void RequireNoBlocks(ModelRequest request)
    {
        if (request.Blocks.Count > 0)
        {
            throw new EspalierException($"--block chooses how a network of the zoo is built, but {request.Name} is a model file; 'espalier expand' makes its convolutions into blocks");
        }
    }

    private static Model FromModelFile(ModelRequest request)
    {
        RequireNoBlocks(request);
        if (request.Classes is not null)
        {
            throw new EspalierException($"--classes chooses how a network of the zoo is built, but {request.Name} is a model file");
        }

        Model model = ReadModelFile(request);
        return request.Weights is null ? model : new Blueprint(model.Graph, model.Metadata).Load(ReadWeights(request));
    }

    private static ZooEntry? FindInZoo(string name) =>
        LooksLikePath(name) ? null
        : Zoo.TryFind(name, out ZooEntry? entry) ? entry
        : File.Exists(name) ? null
        : Zoo.Find(name); // says which names are near

    private static bool LooksLikePath(string name) => name.AsSpan().ContainsAny('/', '\\', '.');

    private static Model ReadModelFile(ModelRequest request) => ModelFile.Is(request.Name)
        ? ModelFile.Read(request.Name)
        : throw new EspalierException($"{request.Name} holds weights alone; name the network that they are of, as in 'resnet50 --weights {request.Name}'");

    private static StateDict ReadWeights(ModelRequest request)
    {
        Checkpoint checkpoint = CheckpointReader.Read(request.Weights!, new CheckpointOptions { StateDictKey = request.Key });
        return RenameRule.Apply(request.Rules, checkpoint.StateDict);
    }

    /// <summary>The network with as many classes as asked for, or else as the weights have.</summary>
    private static Blueprint Fit(ZooEntry entry, ModelRequest request, StateDict weights)
    {
        Blueprint usual = Build(entry, request, null);
        int? classes = request.Classes ?? ClassCount.Infer(usual.Graph, MaskedStateDict.Split(weights).Values);
        return classes is null ? usual : Build(entry, request, classes);
    }
}
