using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>A model to be run on samples of a shape.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Model">The model.</param>
/// <param name="Batch">Samples.</param>
/// <param name="Sample">The shape of one sample, where it is not the one that the model was built for.</param>
public sealed record Case(string Name, Model Model, int Batch, Shape? Sample = null)
{
    private const int RandomNetworks = 25;

    // A network of every family, small enough for the naive kernels.
    private static readonly (string Name, int Side)[] s_zoo =
    [
        ("resnet18", 32), ("preact_resnet18", 32), ("plain18", 32), ("resnext50_32x4d", 32), ("wide_resnet50_2", 32), ("cifar_resnet8", 32), ("cifar_resnet8_b", 17),
        ("cifar_preact_resnet11_bottleneck", 16), ("cifar_plain8", 16), ("vgg11_bn", 32), ("densenet121", 32), ("mobilenet_v1_x0_25", 33), ("mobilenet_v2_x0_25", 32), ("shufflenet_v2_x0_5", 32),
        ("alexnet", 63), ("squeezenet1_1", 33), ("googlenet_aux", 32), ("inception_v3", 75), ("mnasnet0_35", 33), ("mobilenet_v3_small_x0_5", 33), ("efficientnet_b0", 33), ("efficientnet_v2_s", 32),
        ("regnet_x_400mf", 32), ("regnet_y_400mf", 33), ("convnext_tiny", 32), ("repvgg_a0", 32), ("mobileone_s0", 32), ("cifar_factorised", 32),
        ("resnet10t", 33), ("resnet50_gn", 32), ("seresnet18", 32), ("seresnext26d_32x4d", 32), ("ecaresnet26t", 32), ("resnetaa50", 64), ("resnetblur18", 64), ("resnetrs50", 32), ("legacy_seresnet18", 32),
        ("resnetv2_50", 33), ("skresnet18", 32), ("res2net50_26w_4s", 32), ("resnest14d", 33), ("resnest50d_4s2x40d", 32),
        ("cifar_resnet18", 16), ("cifar_wrn16_8", 8), ("cifar_resnext29_8x64d", 8), ("cifar_densenet100_12", 8), ("cifar_vgg16", 32),
    ];

    /// <summary>The input of the case.</summary>
    public Tensor Input => CounterFill.Input((Sample ?? Model.Graph.ShapeOf(Model.Graph.Input.Name)).Prepend(Batch));

    /// <summary>Every op alone between layers with parameters, in the forms of <see cref="AllOps"/> and in random ones.</summary>
    public static IEnumerable<Case> Ops(string op)
    {
        Type type = AllOps.Types.Single(type => type.Name == op);
        IEnumerable<OpSample> samples = AllOps.Samples.Where(sample => sample.Op.GetType() == type && sample.Inputs.Length > 0)
            .Concat(Enumerable.Range(1, 3).Select(seed => RandomOps.Create(type, (ulong)seed)));
        return samples.Select(sample =>
        {
            Graph graph = sample.ToSurroundedGraph();
            return new Case(sample.ToString(), new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), 3);
        });
    }

    /// <summary>The names of all ops that compute something.</summary>
    public static IEnumerable<string> OpNames => AllOps.Types.Where(type => type != typeof(Input)).Select(type => type.Name);

    /// <summary>A network of every family of the zoo.</summary>
    public static IEnumerable<Case> Zoo => s_zoo.Select(entry =>
    {
        NetworkDefinition definition = Models.Zoo.Create(entry.Name, new ZooOptions { InputSize = entry.Side, Classes = 7 });
        return new Case(entry.Name, new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata), 1);
    });

    /// <summary>Seeded random networks; some have several outputs.</summary>
    public static IEnumerable<Case> Random => Enumerable.Range(1, RandomNetworks).Select(seed =>
        new Case($"random network of seed {seed}", RandomGraphs.CreateModel((ulong)seed, new RandomGraphOptions { ManyOutputs = true }), 1 + (seed % 3)));

    /// <summary>Samples of other sizes than the model was built for, and of sizes that leave most of a vector empty.</summary>
    public static IEnumerable<Case> Sizes
    {
        get
        {
            NetworkDefinition definition = Models.Zoo.Create("cifar_resnet8");
            var model = new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata);
            return from size in new Size[] { (32, 32), (33, 47), (4, 9), (1, 1), (64, 5) } select new Case($"cifar_resnet8 at {size}", model, 2, [3, size.Height, size.Width]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
