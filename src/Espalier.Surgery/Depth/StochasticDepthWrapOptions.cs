using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Options of <see cref="StochasticDepthWrap"/>.</summary>
public readonly record struct StochasticDepthWrapOptions()
{
    /// <summary>
    /// Names or patterns (<see cref="ScopePattern"/>); none selects every residual block. In residual form they select residual
    /// blocks: <c>layer3</c> is every block of that stage. In bypass form each selects one module: <c>layer3</c> is the whole stage.
    /// </summary>
    public ValueList<string> Scopes { get; init; } = [];

    /// <summary>The survival probabilities of blocks.</summary>
    public SurvivalRule Survival { get; init; } = SurvivalRule.LinearDecay(0.5);

    /// <summary>Whether branches of residual blocks are dropped or whole modules are bypassed.</summary>
    public StochasticDepthForm Form { get; init; }

    /// <summary>Whether all samples of a batch share one draw or each sample has its own. A shared draw saves the most time.</summary>
    public StochasticDepthMode Mode { get; init; }

    /// <summary>Whether branches are scaled by the survival probability at inference or by its inverse during training.</summary>
    public StochasticDepthScaling Scaling { get; init; }

    /// <summary>The shortcut around bypassed modules that change the shape.</summary>
    public BypassProjection Projection { get; init; }

    /// <summary>Initializes new projections, for example <c>definition => definition.Initialize(seed)</c>; required for <see cref="BypassProjection.Fresh1x1"/> and <see cref="BypassProjection.Fresh3x3"/> if a module changes the shape.</summary>
    public Func<NetworkDefinition, Model>? Initialize { get; init; }

    /// <summary>The op of block number <paramref name="block"/> of <paramref name="blocks"/>, counted from 1.</summary>
    internal StochasticDepth OpOf(int block, int blocks) => new(Survival.Of(block, blocks)) { Form = Form, Mode = Mode, Scaling = Scaling };
}
