using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What <see cref="StochasticDepthWrap"/> wraps, and how.</summary>
public readonly record struct StochasticDepthWrapOptions()
{
    /// <summary>
    /// Names or patterns (<see cref="ScopePattern"/>); none means every residual block. In residual form, all residual blocks that they
    /// mean: <c>layer3</c> is every block of that stage. In bypass form each is one module: <c>layer3</c> is the whole stage.
    /// </summary>
    public ValueList<string> Scopes { get; init; } = [];

    /// <summary>How likely blocks survive.</summary>
    public SurvivalRule Survival { get; init; } = SurvivalRule.LinearDecay(0.5);

    /// <summary>Whether branches of residual blocks are dropped, or whole modules bypassed.</summary>
    public StochasticDepthForm Form { get; init; }

    /// <summary>Whether all samples of a batch share a draw, which saves the most time.</summary>
    public StochasticDepthMode Mode { get; init; }

    /// <summary>Where the probability enters.</summary>
    public StochasticDepthScaling Scaling { get; init; }

    /// <summary>What stands in for bypassed modules that change the shape.</summary>
    public BypassProjection Projection { get; init; }

    /// <summary>Gives fresh projections their first numbers: <c>blueprint => blueprint.Initialize(seed)</c>.</summary>
    public Func<Blueprint, Model>? Initialize { get; init; }

    /// <summary>The op of block <paramref name="block"/>, from 1 on, of <paramref name="blocks"/>.</summary>
    internal StochasticDepth OpOf(int block, int blocks) => new(Survival.Of(block, blocks)) { Form = Form, Mode = Mode, Scaling = Scaling };
}
