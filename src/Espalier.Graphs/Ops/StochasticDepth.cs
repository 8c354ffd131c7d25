using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The meaning of a <see cref="StochasticDepth"/> op's second input.</summary>
public enum StochasticDepthForm
{
    /// <summary>The residual branch f: x + b·f(x) (Huang 2016, eq. 2).</summary>
    Residual,

    /// <summary>A whole module m that replaces its input or its input's projection: b·m(x) + (1 − b)·s(x).</summary>
    Bypass,
}

/// <summary>Number of random draws per batch.</summary>
public enum StochasticDepthMode
{
    /// <summary>One draw for the whole batch: a dropped branch is not computed.</summary>
    Batch,

    /// <summary>One draw for each sample: the branch is computed for surviving samples only.</summary>
    Row,
}

/// <summary>Where the survival probability p is applied.</summary>
public enum StochasticDepthScaling
{
    /// <summary>At inference (Huang 2016, eq. 5): x + p·f(x).</summary>
    Paper,

    /// <summary>During training: x + b/p·f(x), so that inference is x + f(x).</summary>
    Inverted,
}

/// <summary>Adds a shortcut (first input) and a branch (second input) that is dropped at random during training (Huang 2016).</summary>
/// <remarks>
/// With b ∼ Bernoulli(p), s the shortcut and y the branch:
/// <list type="table">
/// <item><term>residual, paper</term><description>training s + b·y; inference s + p·y</description></item>
/// <item><term>residual, inverted</term><description>training s + b/p·y; inference s + y</description></item>
/// <item><term>bypass, paper</term><description>training b·y + (1−b)·s; inference p·y + (1−p)·s</description></item>
/// <item><term>bypass, inverted</term><description>training s + b/p·(y − s); inference y</description></item>
/// </list>
/// The expected training value over b equals the inference value in every case, and bypass with y = s + f equals residual with f.
/// </remarks>
/// <param name="SurvivalProbability">The survival probability p, above 0 and at most 1.</param>
public sealed record StochasticDepth(double SurvivalProbability) : Op
{
    /// <summary>The meaning of the second input.</summary>
    public StochasticDepthForm Form { get; init; }

    /// <summary>Number of random draws per batch.</summary>
    public StochasticDepthMode Mode { get; init; }

    /// <summary>Where p is applied.</summary>
    public StochasticDepthScaling Scaling { get; init; }

    /// <summary>The factors of shortcut and branch at inference.</summary>
    public (double Shortcut, double Branch) InferenceFactors => (Form, Scaling) switch
    {
        (StochasticDepthForm.Residual, StochasticDepthScaling.Paper) => (1, SurvivalProbability),
        (StochasticDepthForm.Residual, StochasticDepthScaling.Inverted) => (1, 1),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Paper) => (1 - SurvivalProbability, SurvivalProbability),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted) => (0, 1),
    };

    /// <summary>The factors of shortcut and branch during training, for a draw b; an operand with factor 0 need not be computed.</summary>
    /// <param name="survives">b: whether the branch survives.</param>
    public (double Shortcut, double Branch) TrainingFactors(bool survives) => (Form, Scaling, survives) switch
    {
        (_, _, false) => (1, 0),
        (StochasticDepthForm.Residual, StochasticDepthScaling.Paper, true) => (1, 1),
        (StochasticDepthForm.Residual, StochasticDepthScaling.Inverted, true) => (1, 1 / SurvivalProbability),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Paper, true) => (0, 1),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted, true) => (1 - (1 / SurvivalProbability), 1 / SurvivalProbability),
    };

    /// <inheritdoc/>
    public override OpType Type => OpType.StochasticDepth;

    /// <inheritdoc/>
    public override string Kind => "stochastic_depth";

    /// <inheritdoc/>
    protected override string Attributes =>
        $"p {Text(SurvivalProbability)}, {Form}, {Mode}, {Scaling}".ToLowerInvariant();

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        inputs.RequireCount(2);
        inputs.Require(SurvivalProbability is > 0 and <= 1, $"expected a survival probability above 0 and at most 1, found {Text(SurvivalProbability)}");
        inputs.Require(inputs[0] == inputs[1], $"expected a shortcut and a branch of one shape, found {inputs[0]} and {inputs[1]}");
        return inputs[0];
    }
}
