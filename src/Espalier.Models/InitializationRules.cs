using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The distribution that each parameter of each op is initialized from.</summary>
internal static class InitializationRules
{
    internal static Distribution Of(NetworkDefinition definition, Node node, ParameterSpec spec) => (node.Op, spec.Role) switch
    {
        (Conv2d, "weight") when definition.Initialization.IdentityConvolutions.Contains(node.Name) => Distribution.Identity(spec.Shape[1]),
        (Conv2d, "weight") => Weight(RuleOf(definition, node) ?? definition.Initialization.Convolution, spec.Shape),
        (Conv2d, "bias") => Bias(definition.Initialization.ConvolutionBias, node.Op),
        (Quantize, "scale") => Distribution.Constant(1 / 32.0), // up to a calibration
        (Quantize, "zero_point") => Distribution.Zero,
        (Conv2d or Linear, QuantizedLayer.ScaleRole) => Distribution.Constant(1 / 127.0),
        (PRelu, "weight") => Distribution.Constant(0.25),
        (ChannelConv1d, "weight") => Weight(WeightInitialization.UniformFanIn, spec.Shape),
        (Linear, "weight") => Weight(RuleOf(definition, node) ?? definition.Initialization.Linear, spec.Shape),
        (Linear, "bias") => Bias(definition.Initialization.LinearBias, node.Op),
        (BatchNorm or GroupNorm or LayerNorm or Affine, "weight") => NormWeight(definition, node),
        (BatchNorm, "running_var") => Distribution.One,
        (BatchNorm or GroupNorm or LayerNorm or Affine, "bias") or (BatchNorm, "running_mean" or "num_batches_tracked") or (Pad, "value") => Distribution.Zero,
        _ => throw new GraphException(node.Name, $"there is no initialization rule for the {spec.Role} of {node.Op.Kind}"),
    };

    private static WeightInitialization? RuleOf(NetworkDefinition definition, Node layer)
    {
        foreach (LayerInitialization own in definition.Initialization.Layers)
        {
            if (own.Layer == layer.Name)
            {
                return own.Weight;
            }
        }

        return null;
    }

    private static Distribution NormWeight(NetworkDefinition definition, Node norm)
    {
        foreach (NormWeight own in definition.Initialization.NormWeights)
        {
            if (own.Norm == norm.Name)
            {
                return Distribution.Constant(own.Weight);
            }
        }

        return EndsBranchAtZero(definition, norm.Name) ? Distribution.Zero : Distribution.One;
    }

    /// <summary>Whether a node ends a residual branch that is 0 at the start of training.</summary>
    internal static bool EndsBranchAtZero(NetworkDefinition definition, string node) =>
        definition.Initialization.ZeroResidual && EndsBranch(definition.Graph, node);

    /// <summary>Whether a node is the first input of a sum, or of an attention's product that is.</summary>
    private static bool EndsBranch(Graph graph, string node) =>
        graph.UsersOf(node).Any(user => user.Inputs[0] == node && (user.Op is Add || (user.Op is Multiply && EndsBranch(graph, user.Name))));

    private static Distribution Weight(WeightInitialization rule, Shape shape) => rule switch
    {
        WeightInitialization.KaimingFanOut => Distribution.Normal(Math.Sqrt(2.0 / FanOut(shape))),
        WeightInitialization.KaimingFanIn => Distribution.Normal(Math.Sqrt(2.0 / FanIn(shape))),
        WeightInitialization.NormalHundredth => Distribution.Normal(0.01),
        WeightInitialization.NormalTenth => Distribution.Normal(0.1),
        WeightInitialization.NormalThousandth => Distribution.Normal(0.001),
        WeightInitialization.NormalFiftieth => Distribution.Normal(0.02),
        WeightInitialization.KaimingUniformFanIn => Distribution.Uniform(Math.Sqrt(6.0 / FanIn(shape))),
        WeightInitialization.UniformFanOut => Distribution.Uniform(1 / Math.Sqrt(FanOut(shape))),
        WeightInitialization.UniformFanOutUnscaled => Distribution.Uniform(Math.Sqrt(3.0 / FanOut(shape))),
        WeightInitialization.UniformFanIn => Distribution.Uniform(1 / Math.Sqrt(FanIn(shape))),
    };

    private static Distribution Bias(BiasInitialization rule, Op op) =>
        rule == BiasInitialization.Zero ? Distribution.Zero : Distribution.Uniform(1 / Math.Sqrt(FanIn(op.Parameters[0].Shape)));

    private static long FanIn(Shape weight) => weight.Count / weight[0];

    private static long FanOut(Shape weight) => weight.Count / weight[1];
}
