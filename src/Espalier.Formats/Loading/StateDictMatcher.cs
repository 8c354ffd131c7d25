using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>Matches a state_dict with the names, shapes and types that a network needs, as <c>Module.load_state_dict(strict=True)</c> does.</summary>
internal static class StateDictMatcher
{
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>The tensors of a state_dict that a network needs, in the order and with the names and types of <paramref name="expected"/>.</summary>
    /// <remarks>
    /// Floating-point types are converted into each other, and integer types into each other; a batch counter (<c>num_batches_tracked</c>) may be
    /// of a floating-point type too, as after <c>{k: v.half()}</c>. A missing batch counter is 0: PyTorch before 0.4.1 had none. A vector of one element is
    /// accepted as a scalar, as PyTorch before 0.4 saved it. In general, a shape may have fewer or more extents of 1 at its end: a ConvNeXt's layer scale is
    /// [C, 1, 1] in torchvision and [C] in timm, and a fully connected layer at each pixel is [O, I] or a 1x1 convolution's [O, I, 1, 1].
    /// </remarks>
    /// <param name="expected">The tensors that the network needs.</param>
    /// <param name="given">The state_dict.</param>
    /// <param name="initial">The value of a tensor that the state_dict may lack, by name; <see langword="null"/> for one that it must have.</param>
    /// <param name="exact">Whether shapes must have the same extents, as in files that this library wrote.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, shapes differ, or an integer type meets a floating-point type.</exception>
    public static StateDict Match(IReadOnlyList<ExpectedTensor> expected, StateDict given, Func<string, Tensor?>? initial = null, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(given);
        var fitted = new List<KeyValuePair<string, Tensor>>(expected.Count);
        var missing = ImmutableArray.CreateBuilder<string>();
        var mismatches = ImmutableArray.CreateBuilder<ShapeMismatch>();
        foreach (ExpectedTensor want in expected)
        {
            if (!given.TryGet(want.Name, out Tensor? tensor))
            {
                if (IsBatchCounter(want.Name) && want.Shape.Rank == 0)
                {
                    fitted.Add(new(want.Name, Tensor.Zeros(want.Shape, want.Type)));
                }
                else if (initial?.Invoke(want.Name) is { } value)
                {
                    fitted.Add(new(want.Name, value));
                }
                else
                {
                    missing.Add(want.Name);
                }
            }
            else if (Fit(tensor, want, exact) is { } fit)
            {
                fitted.Add(new(want.Name, fit));
            }
            else
            {
                mismatches.Add(new ShapeMismatch(want, tensor.Shape, tensor.Type));
            }
        }

        HashSet<string> wanted = [.. expected.Select(e => e.Name)];
        ImmutableArray<string> unexpected = [.. given.Names.Where(n => !wanted.Contains(n))];
        return missing.Count + unexpected.Length + mismatches.Count == 0
            ? new StateDict(fitted)
            : throw new StateDictMismatchException(
                missing.ToImmutable(),
                unexpected,
                mismatches.ToImmutable(),
                mismatches.Count == 0 ? RenameSuggestion.Find(expected, given, unexpected) : []);
    }

    internal static bool IsBatchCounter(string name) => name.EndsWith(BatchCounter, StringComparison.Ordinal);

    private static Tensor? Fit(Tensor tensor, ExpectedTensor want, bool exact)
    {
        bool fits = exact && want.Shape.Rank > 0 ? tensor.Shape == want.Shape : Extents(tensor.Shape).SequenceEqual(Extents(want.Shape));
        if (fits && want.MayBeInt8 && tensor.Type == ElementType.Int8)
        {
            return tensor.Shape == want.Shape ? tensor : tensor.Reshape(want.Shape);
        }

        return fits && (IsFloat(tensor.Type) == IsFloat(want.Type) || (IsBatchCounter(want.Name) && want.Shape.Rank == 0))
            ? (tensor.Shape == want.Shape ? tensor : tensor.Reshape(want.Shape)).To(want.Type)
            : null;
    }

    /// <summary>The extents without those of 1 at the end.</summary>
    private static ReadOnlySpan<int> Extents(Shape shape) => shape.Extents.AsSpan().TrimEnd(1);

    private static bool IsFloat(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16;
}
