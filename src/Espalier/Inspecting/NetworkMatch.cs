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

    /// <summary>Finds the architecture of the zoo whose parameters have the names and shapes of the weights, or the most similar one, or <see langword="null"/>.</summary>
    /// <param name="weights">The weights as read from the file.</param>
    internal static NetworkMatch? Find(StateDict weights)
    {
        StateDict values = MaskedStateDict.Split(weights).Values;
        Dictionary<string, Shape> given = values.Where(tensor => !IsCounter(tensor.Key)).ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Shape);
        if (!given.Values.Any(shape => shape.Rank > 1))
        {
            return null; // no layer
        }

        (NetworkMatch Match, double Score)[] scored = [.. Candidates(given.Keys).Select(entry => Score(entry, values, given))];
        string[] exact = [.. scored.Where(each => each.Score == 1).Select(each => each.Match.Name)];
        NetworkMatch? renamed = exact.Length > 0 ? null : scored.Select(each => each.Match).FirstOrDefault(match => Expected(match.Network).Select(parameter => parameter.Value.Shape).SequenceEqual(given.Values));
        (NetworkMatch best, double score) = scored.MaxBy(each => each.Score);
        return renamed?.Try(weights) is { Reason: null } found ? found
            : score >= Near ? best.Try(weights) with { Alternatives = [.. exact.Skip(1)] }
            : null;
    }

    /// <summary>Tries to load the weights, with renaming if necessary.</summary>
    private NetworkMatch Try(StateDict weights)
    {
        try
        {
            Network.Load(weights);
            return this;
        }
        catch (StateDictMismatchException error)
        {
            return error.Suggestion.IsEmpty ? this with { Reason = error.Message } : this with { Rules = error.Suggestion };
        }
        catch (EspalierException error)
        {
            return this with { Reason = error.Message };
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
        if (ClassCount.Infer(network.Graph, values) is int classes)
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
