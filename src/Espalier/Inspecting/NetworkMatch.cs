using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The architecture of the zoo that matches a state_dict, or is most similar to it.</summary>
/// <param name="Network">The network, with the number of classes of the weights.</param>
/// <param name="MatchingParameters">The number of its parameters that the state_dict contains with the same name and shape.</param>
public sealed record NetworkMatch(NetworkDefinition Network, int MatchingParameters)
{
    private const double Near = 0.5; // the least fraction of common names and shapes at which the two are considered similar
    private const int MostTried = 5; // similar architectures, such as ResNet-50, its wide form and ResNeXt-50
    private const string FirstBlocks = "layer1.";

    /// <summary>The name of the architecture, or empty.</summary>
    public string Name => Network.Metadata.Architecture;

    /// <summary>The number of parameters of the network.</summary>
    public int Parameters => Expected(Network).Count();

    /// <summary>The shape of one input sample.</summary>
    public Shape Input => Network.Graph.ShapeOf(Network.Graph.Input.Name);

    /// <summary>The number of output elements per sample.</summary>
    public long Outputs => Network.Graph.ShapeOf(Network.Graph.Outputs[0]).Count;

    /// <summary>The rules for renaming parameters before the weights can be loaded; empty if none are needed.</summary>
    public IReadOnlyList<RenameRule> Rules { get; init; } = [];

    /// <summary>The reason why the weights cannot be loaded into the network; <see langword="null"/> if they can, after renaming by <see cref="Rules"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Other architectures with the same parameter names and shapes, which cannot be distinguished by the weights.</summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];

    /// <summary>How the file's name or metadata contradicts all architectures that fit, so that loading the weights needs <see cref="ModelSource.AnyName"/>; otherwise <see langword="null"/>.</summary>
    public string? Contradiction { get; init; }

    /// <summary>How the network's layers differ from the architecture, such as in fewer channels, so that the weights fit; <see langword="null"/> if they do not.</summary>
    public string? Fitted { get; init; }

    /// <summary>Finds the architecture of the zoo whose parameters have the names and shapes of the weights, or the most similar one, or <see langword="null"/>.</summary>
    /// <param name="weights">The weights as read from the file.</param>
    /// <param name="contradiction">Says how the file contradicts the name of an architecture, or returns <see langword="null"/>; of several that fit, one that is not contradicted comes first.</param>
    internal static NetworkMatch? Find(StateDict weights, Func<string, string?>? contradiction = null)
    {
        contradiction ??= _ => null;
        StateDict values = MaskedStateDict.Split(weights).Values;
        Dictionary<string, Shape> given = values.Where(tensor => !IsCounter(tensor.Key)).ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Shape);
        if (!given.Values.Any(shape => shape.Rank > 1))
        {
            return null; // no layer
        }

        (NetworkMatch Match, double Score)[] scored = [.. Candidates(given.Keys).AsParallel().AsOrdered().Select(entry => Score(entry, values, given))];
        NetworkMatch[] exact = [.. scored.Where(each => each.Score == 1).Select(each => each.Match)];
        NetworkMatch[] fitting = exact.Length > 0 ? exact
            : [.. scored.Select(each => each.Match).Where(match => Expected(match.Network).Select(parameter => parameter.Value.Shape).SequenceEqual(given.Values)).Select(match => match.Try(weights)).Where(match => match.Reason is null)];
        if (fitting.Length > 0)
        {
            NetworkMatch[] likely = [.. fitting.OrderBy(match => contradiction(match.Name) is null ? 0 : 1)];
            return likely[0].Try(weights) with { Alternatives = [.. likely.Skip(1).Select(match => match.Name)], Contradiction = contradiction(likely[0].Name) };
        }

        NetworkMatch[] near = [.. scored.Where(each => each.Score >= Near).OrderByDescending(each => each.Score).Take(MostTried).Select(each => each.Match.Try(weights))];
        return Array.Find(near, match => match.Reason is null) ?? (near.Length > 0 ? near[0] : null);
    }

    /// <summary>Tries to load the weights, with renaming if necessary.</summary>
    private NetworkMatch Try(StateDict weights)
    {
        try
        {
            Network.Load(weights);
            return this;
        }
        catch (StateDictMismatchException error) when (!error.Suggestion.IsEmpty)
        {
            return this with { Rules = error.Suggestion };
        }
        catch (StateDictMismatchException error)
        {
            return TryFit(weights, error) ?? this with { Reason = error.Message };
        }
        catch (EspalierException error)
        {
            return this with { Reason = error.Message };
        }
    }

    /// <summary>The same network with layers of the weights' widths, or <see langword="null"/>.</summary>
    private NetworkMatch? TryFit(StateDict weights, StateDictMismatchException mismatch)
    {
        try
        {
            var notes = new List<string>();
            Model fitted = LayerFit.Load(Network, weights, new LoadingOptions { Note = notes.Add }, mismatch);
            return this with { Network = new NetworkDefinition(fitted.Graph, fitted.Metadata), MatchingParameters = fitted.Graph.Parameters.Count(parameter => !parameter.Value.IsCounter), Fitted = string.Join("; ", notes) };
        }
        catch (EspalierException)
        {
            return null;
        }
    }

    /// <summary>The given architectures, and the members of the CIFAR families with as many blocks as the weights have.</summary>
    private static IEnumerable<ZooEntry> Candidates(IEnumerable<string> names)
    {
        int blocks = names.Where(name => name.StartsWith(FirstBlocks, StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct().Count();
        string[] deep = blocks == 0 ? [] :
        [
            $"cifar_resnet{(6 * blocks) + 2}", $"cifar_resnet{(6 * blocks) + 2}_b", $"cifar_plain{(6 * blocks) + 2}",
            $"cifar_preact_resnet{(6 * blocks) + 2}_basic", $"cifar_preact_resnet{(9 * blocks) + 2}_bottleneck", $"cifar_preact_plain{(6 * blocks) + 2}_basic",
        ];
        var listed = Zoo.Names.ToHashSet(StringComparer.Ordinal);
        return Zoo.Entries.Concat(deep.Where(name => !listed.Contains(name)).Select(name => Zoo.TryFind(name, out ZooEntry? entry) ? entry : null).OfType<ZooEntry>());
    }

    /// <summary>The similarity of a network's parameters and the weights, from 0 to 1: each common name and each equal shape contributes half.</summary>
    private static (NetworkMatch Match, double Score) Score(ZooEntry entry, StateDict values, Dictionary<string, Shape> given)
    {
        NetworkDefinition network = entry.Create();
        if ((ClassCount.Infer(network.Graph, values) ?? LayerFit.Outputs(network.Graph, values)) is int classes)
        {
            network = entry.Create(new ZooOptions { Classes = classes });
        }

        KeyValuePair<string, ParameterSpec>[] expected = [.. Expected(network)];
        int named = expected.Count(parameter => given.ContainsKey(parameter.Key));
        int fitting = expected.Count(parameter => given.TryGetValue(parameter.Key, out Shape shape) && shape == parameter.Value.Shape);
        return (new NetworkMatch(network, fitting), (named + fitting) / (2.0 * (expected.Length + given.Count - named)));
    }

    /// <summary>The parameters without <c>num_batches_tracked</c>, which old checkpoints lack.</summary>
    private static IEnumerable<KeyValuePair<string, ParameterSpec>> Expected(NetworkDefinition network) => network.Graph.Parameters.Where(parameter => !parameter.Value.IsCounter);

    private static bool IsCounter(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
}
