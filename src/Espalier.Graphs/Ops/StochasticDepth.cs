using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What a <see cref="StochasticDepth"/> op's second input is.</summary>
public enum StochasticDepthForm
{
    /// <summary>The residual branch f: x + b·f(x) (Huang 2016, eq. 2).</summary>
    Residual,

    /// <summary>A whole module m that replaces its input or its input's projection: b·m(x) + (1 − b)·s(x).</summary>
    Bypass,
}

/// <summary>How many draws a batch gets.</summary>
public enum StochasticDepthMode
{
    /// <summary>One for the batch: a dropped branch is not computed.</summary>
    Batch,

    /// <summary>One for each sample: only the surviving rows are computed.</summary>
    Row,
}

/// <summary>Where the survival probability p enters.</summary>
public enum StochasticDepthScaling
{
    /// <summary>At inference (Huang 2016, eq. 5): x + p·f(x).</summary>
    Paper,

    /// <summary>While training: x + b/p·f(x), so that inference is x + f(x).</summary>
    Inverted,
}

/// <summary>Joins a shortcut (first input) and a branch (second input) that is dropped at random while training (Huang 2016).</summary>
/// <remarks>
/// With b ∼ Bernoulli(p), s the shortcut and y the branch:
/// <list type="table">
/// <item><term>residual, paper</term><description>training s + b·y; inference s + p·y</description></item>
/// <item><term>residual, inverted</term><description>training s + b/p·y; inference s + y</description></item>
/// <item><term>bypass, paper</term><description>training b·y + (1−b)·s; inference p·y + (1−p)·s</description></item>
/// <item><term>bypass, inverted</term><description>training s + b/p·(y − s); inference y</description></item>
/// </list>
/// The mean over b while training is the inference value in every row, and bypass with y = s + f equals residual with f.
/// </remarks>
/// <param name="SurvivalProbability">p, above 0 and at most 1.</param>
public sealed record StochasticDepth(double SurvivalProbability) : Op
{
    /// <summary>What the branch is.</summary>
    public StochasticDepthForm Form { get; init; }

    /// <summary>How many draws a batch gets.</summary>
    public StochasticDepthMode Mode { get; init; }

    /// <summary>Where p enters.</summary>
    public StochasticDepthScaling Scaling { get; init; }

    /// <summary>What the shortcut and the branch are multiplied with at inference.</summary>
    public (double Shortcut, double Branch) InferenceFactors => (Form, Scaling) switch
    {
        (StochasticDepthForm.Residual, StochasticDepthScaling.Paper) => (1, SurvivalProbability),
        (StochasticDepthForm.Residual, StochasticDepthScaling.Inverted) => (1, 1),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Paper) => (1 - SurvivalProbability, SurvivalProbability),
        (StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted) => (0, 1),
    };

    /// <summary>What the shortcut and the branch are multiplied with while training, for a draw b; a factor of 0 means that the operand is not needed at all.</summary>
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
