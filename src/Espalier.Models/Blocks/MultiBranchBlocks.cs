using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>Linear blocks that are trained as several branches and fold into one convolution. They do not include the activation that follows.</summary>
/// <remarks>
/// Each block supports any kernel size, stride, dilation and number of groups, and by default is padded so that stride 1 keeps the size for odd kernels. Fold the
/// network before inference, so that the branches cost no time.
/// </remarks>
public static class MultiBranchBlocks
{
    /// <summary>The name of the 1x1 convolution at the start of DBB's 1x1–kxk branch, which is initialized with the identity (IdentityBasedConv1x1 in the authors' code).</summary>
    internal const string IdentityConvolution = "idconv1";

    /// <summary>Asymmetric convolution block (Ding 2019, ACNet): kxk + kx1 + 1xk, each with a batch norm. The parameter names are those of the authors.</summary>
    public static Value AsymmetricBlock(this Value x, string name, MultiBranchOptions options) => x.In(name, x =>
    {
        Size kernel = options.Kernel;
        Value square = x.Branch("square_conv", "square_bn", options);
        Value vertical = x.Branch("ver_conv", "ver_bn", options.Smaller((kernel.Height, 1)));
        Value horizontal = x.Branch("hor_conv", "hor_bn", options.Smaller((1, kernel.Width)));
        return square.Sum("add", vertical, horizontal);
    });

    /// <summary>Diverse branch block (Ding 2021): kxk + 1x1 + 1x1–kxk + 1x1–average, each with batch norms.</summary>
    /// <remarks>
    /// If a branch starts with a 1x1, the padding is applied before the 1x1, so that the border has the values that the following norm computes from zeros, as with the authors' padding
    /// at inference; during training, the norm's batch statistics include the border. Average pools have no dilation, so with
    /// dilation there is no average branch. With groups the 1x1 convolutions are grouped too. A 1x1 kernel has no 1x1–kxk and 1x1–average branches (as in the authors' code).
    /// With as many groups as outputs (a depthwise convolution) there is no 1x1 branch, the average pool has no 1x1 before it, and the 1x1–kxk branch has twice as many channels inside,
    /// from a 1x1 named <c>conv1</c>, which is initialized as usual and not with the identity: also as in the authors' code.
    /// </remarks>
    public static Value DiverseBranchBlock(this Value x, string name, MultiBranchOptions options) => x.In(name, x =>
    {
        Value origin = x.Branch("dbb_origin.conv", "dbb_origin.bn", options);
        if (options.Kernel == 1)
        {
            return origin;
        }

        bool isDepthwise = options.Groups >= options.Channels;
        var others = new List<Value>();
        if (!isDepthwise)
        {
            others.Add(x.Branch("dbb_1x1.conv", "dbb_1x1.bn", options.Smaller(1)));
        }

        Value lead = isDepthwise
            ? x.Lead("dbb_1x1_kxk.conv1", "dbb_1x1_kxk.bn1", 2 * x.Channels, options)
            : x.Lead($"dbb_1x1_kxk.{IdentityConvolution}", "dbb_1x1_kxk.bn1", x.Channels, options);
        others.Add(lead
            .Conv2d("dbb_1x1_kxk.conv2", options.Channels, options.Kernel, options.Stride, dilation: options.Dilation, groups: options.Groups)
            .BatchNorm("dbb_1x1_kxk.bn2"));
        if (options.Dilation == 1)
        {
            Value pooled = isDepthwise
                ? x.AveragePool("dbb_avg.avg", options.Kernel, options.Stride, options.Border)
                : x.Lead("dbb_avg.conv", "dbb_avg.bn", options.Channels, options).AveragePool("dbb_avg.avg", options.Kernel, options.Stride);
            others.Add(pooled.BatchNorm("dbb_avg.avgbn"));
        }

        return origin.Sum("add", [.. others]);
    });

    /// <summary>RepVGG block (Ding 2021): kxk + 1x1 + identity with a batch norm where the shape is kept. The parameter names are those of the authors.</summary>
    public static Value RepVggBlock(this Value x, string name, MultiBranchOptions options) => x.In(name, x => x.RepVggBranches(options));

    /// <summary>MobileOne block (Vasu 2023): several kxk + 1x1 + identity with a batch norm where the shape is kept. The parameter names are those of the authors.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">The block's scope.</param>
    /// <param name="options">Channels, kernel size, stride, padding, dilation and groups.</param>
    /// <param name="copies">Number of kxk branches, at least 1: the paper's k.</param>
    public static Value MobileOneBlock(this Value x, string name, MultiBranchOptions options, int copies = 4) =>
        x.In(name, x => x.MobileOneBranches(options, copies));

    /// <summary>The branches of a RepVGG block within the current scope.</summary>
    internal static Value RepVggBranches(this Value x, MultiBranchOptions options)
    {
        Value dense = x.Branch("rbr_dense.conv", "rbr_dense.bn", options);
        Value point = x.Branch("rbr_1x1.conv", "rbr_1x1.bn", options.Smaller(1));
        return options.KeepsShape(x) ? dense.Sum("add", point, x.BatchNorm("rbr_identity")) : dense.Sum("add", point);
    }

    /// <summary>The branches of a MobileOne block within the current scope.</summary>
    internal static Value MobileOneBranches(this Value x, MultiBranchOptions options, int copies)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        var branches = new List<Value>();
        for (int i = 0; i < copies; i++)
        {
            string scope = string.Create(CultureInfo.InvariantCulture, $"rbr_conv.{i}");
            branches.Add(x.Branch($"{scope}.conv", $"{scope}.bn", options));
        }

        if (options.Kernel != 1)
        {
            branches.Add(x.Branch("rbr_scale.conv", "rbr_scale.bn", options.Smaller(1)));
        }

        if (options.KeepsShape(x))
        {
            branches.Add(x.BatchNorm("rbr_skip"));
        }

        return branches.Count == 1 ? branches[0] : branches[0].Sum("add", [.. branches.Skip(1)]);
    }

    private static Value Branch(this Value x, string conv, string norm, MultiBranchOptions options) => x
        .Conv2d(conv, options.Channels, options.Kernel, options.Stride, options.Border, options.Dilation, options.Groups)
        .BatchNorm(norm);

    /// <summary>A 1x1 convolution with a norm before a larger kernel, padded for that kernel.</summary>
    private static Value Lead(this Value x, string conv, string norm, int channels, MultiBranchOptions options) =>
        x.Conv2d(conv, channels, 1, padding: options.Border, groups: options.Groups).BatchNorm(norm);

    private static Value Sum(this Value x, string name, params ReadOnlySpan<Value> others) => x.Builder.Append(name, new Add(), [x, .. others]);
}
