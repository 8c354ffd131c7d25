using System.Text.RegularExpressions;

namespace Espalier.Formats;

/// <summary>
/// Names in the code of blocks' authors that stand for something else than here: the one place that knows them. A network that has a parameter of the
/// authors' name keeps it as it is.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>DBB (github.com/DingXiaoH/DiverseBranchBlock): the norms before a padding lie one scope deeper (<c>bn1.bn.weight</c>), and <c>idconv1.weight</c> is the deviation from the
/// identity, which that code adds when it computes. Here, and in files written here, it is the whole kernel.</item>
/// <item>RepVGG: squeeze and excitation has <c>down</c> and <c>up</c> for <c>reduce</c> and <c>expand</c>.</item>
/// <item>A folded block: the convolution that is left has its own name in the authors' code (<c>rbr_reparam</c>, <c>reparam_conv</c>) and that of its first branch here.</item>
/// </list>
/// </remarks>
internal static partial class AuthorNames
{
    private const string Identity = "dbb_1x1_kxk.idconv1.weight";
    private const string AuthorsNorm = "dbb_1x1_kxk.bn1.bn.weight"; // with this name the checkpoint is one of the authors' code

    private static readonly (Regex Theirs, string Ours)[] Names =
    [
        (PaddedNorm(), "$1."),
        (Down(), "$1.reduce."),
        (Up(), "$1.expand."),
        (FoldedRepVgg(), "$1rbr_reparam."),
        (FoldedMobileOne(), "$1reparam_conv."),
    ];

    /// <summary>Adds the identity to the kernels that are stored as deviations from it.</summary>
    /// <param name="given">The checkpoint's tensors under their own names.</param>
    /// <param name="expected">The network's names.</param>
    /// <param name="note">Receives a sentence if kernels were changed.</param>
    /// <exception cref="EspalierException">Such a kernel is masked, so that its zeros are those of the deviation.</exception>
    internal static StateDict AddIdentities(StateDict given, IReadOnlySet<string> expected, Action<string>? note)
    {
        if (expected.Any(name => name.EndsWith(AuthorsNorm, StringComparison.Ordinal)))
        {
            return given;
        }

        bool IsDeviation(string name, string ending) =>
            name.EndsWith(ending, StringComparison.Ordinal) && given[name].Shape is { Rank: 4, Count: > 0 } && given.TryGet($"{name[..^ending.Length]}{AuthorsNorm}", out _);
        if (given.Names.FirstOrDefault(name => IsDeviation(name, $"{Identity}_mask")) is string masked)
        {
            throw new EspalierException($"'{masked}' masks a deviation from the identity (the code of DBB's authors), whose zeros mean no zeros of the kernel; remove the pruning in PyTorch first (prune.remove)");
        }

        string[] deviations = [.. given.Names.Where(name => IsDeviation(name, Identity))];
        if (deviations.Length == 0)
        {
            return given;
        }

        note?.Invoke($"stored as deviations from the identity by DBB's authors, which was added: {CheckpointNames.List(deviations)}");
        return new StateDict(given.Select(entry => IsDeviation(entry.Key, Identity) ? new(entry.Key, PlusIdentity(entry.Value)) : entry));
    }

    /// <summary>Gives tensors of the authors' names the network's, where the network lacks the former and the checkpoint the latter.</summary>
    internal static StateDict Rename(StateDict given, IReadOnlySet<string> expected)
    {
        string Ours(string name) => expected.Contains(name) ? name
            : Array.Find([.. Names.Select(pair => pair.Theirs.Replace(name, pair.Ours))], ours => ours != name && expected.Contains(Parameter(ours)) && !given.TryGet(ours, out _)) ?? name;
        KeyValuePair<string, Tensor>[] renamed = [.. given.Select(entry => KeyValuePair.Create(Ours(entry.Key), entry.Value))];
        return renamed.DistinctBy(entry => entry.Key).Count() == given.Count ? new StateDict(renamed) : given;
    }

    /// <summary>The parameter that a masked tensor belongs to.</summary>
    private static string Parameter(string name) =>
        name.EndsWith("_orig", StringComparison.Ordinal) || name.EndsWith("_mask", StringComparison.Ordinal) ? name[..^5] : name;

    private static Tensor PlusIdentity(Tensor deviation)
    {
        float[] kernel = deviation.To(ElementType.Float32).Read<float>().ToArray();
        int inputs = deviation.Shape[1];
        for (int channel = 0; channel < deviation.Shape[0]; channel++)
        {
            kernel[(channel * inputs) + (channel % inputs)] += 1;
        }

        return Tensor.From<float>(deviation.Shape, kernel);
    }

    [GeneratedRegex(@"\b(dbb_1x1_kxk\.bn1|dbb_avg\.bn)\.bn\.", RegexOptions.CultureInvariant)]
    private static partial Regex PaddedNorm();

    [GeneratedRegex(@"\b(se)\.down\.", RegexOptions.CultureInvariant)]
    private static partial Regex Down();

    [GeneratedRegex(@"\b(se)\.up\.", RegexOptions.CultureInvariant)]
    private static partial Regex Up();

    [GeneratedRegex(@"(^|\.)rbr_dense\.conv\.", RegexOptions.CultureInvariant)]
    private static partial Regex FoldedRepVgg();

    [GeneratedRegex(@"(^|\.)rbr_conv\.0\.conv\.", RegexOptions.CultureInvariant)]
    private static partial Regex FoldedMobileOne();
}
