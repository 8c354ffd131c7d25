using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A network that weights are of, or are near.</summary>
/// <param name="Network">The network, with as many classes as the weights have.</param>
/// <param name="Fitting">How many of its parameters the weights have, under their names and in their shapes.</param>
public sealed record NetworkMatch(NetworkDefinition Network, int Fitting)
{
    private const double Near = 0.5; // of the names and shapes of both together; below it the two have nothing to do with each other
    private const string FirstBlocks = "layer1.";

    /// <summary>Its name, or empty.</summary>
    public string Name => Network.Metadata.Architecture;

    /// <summary>How many parameters it has.</summary>
    public int Parameters => Expected(Network).Count();

    /// <summary>The shape of one sample.</summary>
    public Shape Input => Network.Graph.ShapeOf(Network.Graph.Input.Name);

    /// <summary>How many numbers it answers a sample with.</summary>
    public long Outputs => Network.Graph.ShapeOf(Network.Graph.Outputs[0]).Count;

    /// <summary>Renaming that the weights need, or none.</summary>
    public IReadOnlyList<RenameRule> Rules { get; init; } = [];

    /// <summary>Why the weights cannot be loaded into it; <see langword="null"/> where they can, after <see cref="Rules"/> if there are some.</summary>
    public string? Reason { get; init; }

    /// <summary>Other networks with the very same parameters: which of them it was, weights do not tell.</summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];

    /// <summary>The network of the zoo whose parameters have the weights' names and shapes, or else the nearest one, or <see langword="null"/>.</summary>
    /// <param name="weights">The weights as they were read.</param>
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

    /// <summary>Whether the weights can be loaded, with renaming where that helps.</summary>
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

    /// <summary>The listed networks, and those of CIFAR's families with as many blocks as the weights have.</summary>
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

    /// <summary>How much of a network's parameters and the weights are the same: half for a name, half for its shape; 1 for all of both.</summary>
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

    /// <summary>Parameters but for batch counters, which old checkpoints lack.</summary>
    private static IEnumerable<KeyValuePair<string, ParameterSpec>> Expected(NetworkDefinition network) => network.Graph.Parameters.Where(parameter => !parameter.Value.IsCounter);

    private static bool IsCounter(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
}
