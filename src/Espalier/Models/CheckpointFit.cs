using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Loads a checkpoint into an architecture of the zoo: layers may be narrower (<see cref="LayerFit"/>), a name that the checkpoint contradicts is refused (<see cref="ClaimedArchitecture"/>), and published weights bring their own preprocessing and class names.</summary>
internal static class CheckpointFit
{
    /// <summary>Loads the weights of a source.</summary>
    /// <param name="source">The source of the model.</param>
    /// <param name="checkpoint">The checkpoint as read.</param>
    /// <param name="weights">Its tensors with the network's names.</param>
    /// <param name="network">The architecture with the number of classes that the weights show.</param>
    /// <param name="build">Builds the architecture with a number of classes.</param>
    /// <exception cref="EspalierException">The weights do not fit, or the checkpoint says that it is of another architecture.</exception>
    internal static Model Load(ModelSource source, Checkpoint checkpoint, StateDict weights, NetworkDefinition network, Func<int?, NetworkDefinition> build)
    {
        var notes = new List<string>(); // of two attempts perhaps, so that each is told once
        LoadingOptions options = ModelLoader.Options(source, network) with { Note = notes.Add };
        Model model;
        try
        {
            model = network.Load(weights, options);
        }
        catch (StateDictMismatchException mismatch)
        {
            NetworkDefinition same = build(source.Classes ?? LayerFit.Outputs(network.Graph, MaskedStateDict.Split(weights).Values));
            model = LayerFit.Load(same, weights, options, Mismatch(same, weights) ?? mismatch);
        }

        notes.Distinct(StringComparer.Ordinal).ToList().ForEach(note => source.Note?.Invoke(note));
        if (!source.AnyName && ClaimedArchitecture.Contradiction(source.Name, source.Weights!, checkpoint.Notes) is string reason)
        {
            throw new EspalierException($"{source.Weights} fits {source.Name} by names and shapes, but {reason}, and such networks differ in what they compute; name that architecture, or load it as {source.Name} all the same with --any-name (ModelSource.AnyName)");
        }

        bool isUsual = model.Metadata.Preprocessing is not null && model.Graph.ShapeOf(model.Graph.Outputs[0]).Count == PublishedWeights.ImageNetClasses.Count;
        return isUsual && PublishedWeights.Identify(source.Name, source.Weights!, source.Note) is { } published ? published.Describe(model) : model;
    }

    private static StateDictMismatchException? Mismatch(NetworkDefinition network, StateDict weights)
    {
        try
        {
            network.Load(weights);
            return null;
        }
        catch (StateDictMismatchException mismatch)
        {
            return mismatch;
        }
    }
}
