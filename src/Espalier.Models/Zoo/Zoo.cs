using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>All predefined networks by name. Networks of torchvision have torchvision's names; the remarks list the others.</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>cifar_resnet56</c></term><description>any 6n + 2 layers, shortcuts of option A</description></item>
/// <item><term><c>cifar_resnet56_b</c></term><description>the same with option B</description></item>
/// <item><term><c>cifar_preact_resnet1001</c></term><description>pre-activation: basic blocks (6n + 2) below 164 layers, bottlenecks (9n + 2) from 164 on, unless the name ends with <c>_basic</c> or <c>_bottleneck</c></description></item>
/// <item><term><c>preact_resnet50</c></term><description>pre-activation for ImageNet</description></item>
/// <item><term><c>resnet50_v1</c></term><description>stride in the first 1x1 convolution</description></item>
/// <item><term><c>resnet50d</c>, <c>seresnet50</c>, <c>ecaresnet26t</c>, <c>resnetv2_50x1_bit</c>, <c>skresnet18</c>, <c>res2net50_26w_4s</c>, <c>resnest50d</c> …</term><description>the residual networks of timm that torchvision lacks, with timm's names</description></item>
/// <item><term><c>tv_resnet50</c>, <c>ssl_resnet18</c>, <c>swsl_resnext101_32x8d</c>, <c>ig_resnext101_32x16d</c>, <c>gluon_resnet50_v1d</c></term><description>the network after the prefix, which says who trained it, with the preprocessing of that source</description></item>
/// <item><term><c>plain34</c>, <c>cifar_plain56</c>, <c>preact_plain50</c>, <c>cifar_preact_plain110</c>, <c>resnext50_32x4d_plain</c></term><description>networks without shortcuts</description></item>
/// <item><term><c>mobilenet_v1_x0_25</c>, <c>mobilenet_v2_x1_4</c>, <c>mobilenet_v3_large_x0_75</c>, <c>mnasnet0_35</c></term><description>any width multiplier, with an underscore for the decimal point</description></item>
/// <item><term><c>googlenet_aux</c>, <c>inception_v3_aux</c></term><description>with the auxiliary classifiers as further outputs</description></item>
/// <item><term><c>repvgg_a0</c> … <c>repvgg_b3g4</c>, <c>mobileone_s0</c> … <c>mobileone_s4</c></term><description>with training-time branches; with <c>_deploy</c> at the end each block is the single convolution that it folds into</description></item>
/// </list>
/// </remarks>
public static class Zoo
{
    /// <summary>All networks with fixed names, and common ones of the families whose names contain a depth or width, family by family.</summary>
    public static ImmutableArray<ZooEntry> Entries { get; } = [.. AllEntries()];

    /// <summary>The names of <see cref="Entries"/>.</summary>
    public static IEnumerable<string> Names => Entries.Select(entry => entry.Name);

    /// <summary>Creates the network <paramref name="name"/>, without parameter values.</summary>
    /// <exception cref="EspalierException">There is no network of that name (the message suggests similar ones), or the options are invalid.</exception>
    public static NetworkDefinition Create(string name, ZooOptions options = default) => Find(name).Create(options);

    /// <summary>The entry of the network <paramref name="name"/>.</summary>
    /// <exception cref="EspalierException">There is no network of that name; the message suggests similar ones.</exception>
    public static ZooEntry Find(string name) => TryFind(name, out ZooEntry? entry) ? entry : throw Unknown(name);

    /// <summary>Finds the entry of the network <paramref name="name"/>; returns <see langword="false"/> if there is none.</summary>
    /// <exception cref="GraphException">The name contains an invalid depth or width, as in <c>cifar_resnet57</c>.</exception>
    public static bool TryFind(string name, [NotNullWhen(true)] out ZooEntry? entry)
    {
        ArgumentNullException.ThrowIfNull(name);
        entry = AllEntries().FirstOrDefault(known => known.Name == name) ?? ZooCifarNetworks.Parse(name) ?? ZooSourceNames.Parse(name) ?? ZooEfficientNetworks.Parse(name) ?? ZooSearchedNetworks.Parse(name) ?? ZooClassicNetworks.Parse(name);
        return entry is not null;
    }

    // Families are created on demand, so that a program that runs one network does not create the tables of all others.
    private static IEnumerable<ZooEntry> AllEntries()
    {
        Func<IEnumerable<ZooEntry>>[] families =
        [
            () => ZooResNets.Entries, () => ZooTimmNetworks.Entries, () => ZooTimmVariants.Entries, () => ZooCifarNetworks.Entries, () => ZooPlainNetworks.Entries,
            () => ZooVggNetworks.Entries, () => ZooClassicNetworks.Entries, () => ZooEfficientNetworks.Entries, () => ZooSearchedNetworks.Entries,
            () => ZooBranchedNetworks.Entries,
        ];
        return families.SelectMany(family => family());
    }

    private static EspalierException Unknown(string name)
    {
        IReadOnlyList<string> near = SimilarNames.Find(name, Names);
        return new EspalierException($"There is no network called '{name}' in the zoo{(near.Count == 0 ? ", and none of a similar name; 'espalier models' and Zoo.Names list all" : $"; similar names are {string.Join(", ", near)}")}.");
    }
}
