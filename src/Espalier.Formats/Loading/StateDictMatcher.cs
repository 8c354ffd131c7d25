using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>Matches a state_dict with the names, shapes and types that a network needs, as <c>Module.load_state_dict(strict=True)</c> does.</summary>
internal static class StateDictMatcher
{
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>The tensors of a state_dict that a network needs, in the order and with the names and types of <paramref name="expected"/>.</summary>
    /// <remarks>
    /// Floating-point types are converted into each other, and integer types into each other. A missing batch counter (<c>num_batches_tracked</c>)
    /// is 0: PyTorch before 0.4.1 had none. A vector of one element is accepted as a scalar, as PyTorch before 0.4 saved it.
    /// </remarks>
    /// <param name="expected">The tensors that the network needs.</param>
    /// <param name="given">The state_dict.</param>
    /// <param name="rules">Renaming rules, applied to the given names in order.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, shapes differ, or an integer type meets a floating-point type.</exception>
    /// <exception cref="EspalierException">The rules give two tensors the same name.</exception>
    public static StateDict Match(IReadOnlyList<ExpectedTensor> expected, StateDict given, params IReadOnlyList<RenameRule> rules)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(given);
        StateDict renamed = RenameRule.Apply(rules, given);
        var fitted = new List<KeyValuePair<string, Tensor>>(expected.Count);
        var missing = ImmutableArray.CreateBuilder<string>();
        var mismatches = ImmutableArray.CreateBuilder<ShapeMismatch>();
        foreach (ExpectedTensor want in expected)
        {
            if (!renamed.TryGet(want.Name, out Tensor? tensor))
            {
                if (IsBatchCounter(want.Name) && want.Shape.Rank == 0)
                {
                    fitted.Add(new(want.Name, Tensor.Zeros(want.Shape, want.Type)));
                }
                else
                {
                    missing.Add(want.Name);
                }
            }
            else if (Fit(tensor, want) is { } fit)
            {
                fitted.Add(new(want.Name, fit));
            }
            else
            {
                mismatches.Add(new ShapeMismatch(want, tensor.Shape, tensor.Type));
            }
        }

        HashSet<string> wanted = [.. expected.Select(e => e.Name)];
        ImmutableArray<string> unexpected = [.. renamed.Names.Where(n => !wanted.Contains(n))];
        return missing.Count + unexpected.Length + mismatches.Count == 0
            ? new StateDict(fitted)
            : throw new StateDictMismatchException(
                missing.ToImmutable(),
                unexpected,
                mismatches.ToImmutable(),
                mismatches.Count == 0 ? RenameSuggestion.Find(expected, renamed, unexpected) : []);
    }

    internal static bool IsBatchCounter(string name) => name.EndsWith(BatchCounter, StringComparison.Ordinal);

    private static Tensor? Fit(Tensor tensor, ExpectedTensor want)
    {
        bool scalar = want.Shape.Rank == 0 && tensor.Shape == [1];
        return (tensor.Shape == want.Shape || scalar) && IsFloat(tensor.Type) == IsFloat(want.Type)
            ? (scalar ? tensor.Reshape(want.Shape) : tensor).To(want.Type)
            : null;
    }

    private static bool IsFloat(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16;
}
