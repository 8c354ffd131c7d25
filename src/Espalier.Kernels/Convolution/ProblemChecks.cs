using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Argument checks of all convolution kernels, made before memory is accessed.</summary>
internal static class ProblemChecks
{
    /// <summary>Checks that the layouts fit each other and that the convolution reads nothing outside the input's border.</summary>
    /// <exception cref="ArgumentException">They don't.</exception>
    internal static void Require(in ConvolutionProblem problem, int lanes, int weights, int bias)
    {
        BlockedLayout output = problem.Output;
        Demand(output.Lanes == lanes, $"the kernel has {lanes} lanes, but the output {output.Lanes}");
        RequireShape(problem);
        Demand(
            problem.Residual is not { } residual || (residual.Channels, residual.Height, residual.Width, residual.Lanes) == (output.Channels, output.Height, output.Width, lanes),
            "the residual must have the output's channels, height, width and lanes");
        long expected = (long)output.Channels * problem.GroupInputChannels * problem.Kernel.Area;
        Demand(weights == expected, $"the problem has {expected} weights, but {weights} were given");
        Demand(bias == 0 || bias == output.Channels, $"the problem has {output.Channels} biases, but {bias} were given");
    }

    /// <summary>Checks that input and output fit each other and that the convolution reads nothing outside the input's border.</summary>
    /// <exception cref="ArgumentException">They don't.</exception>
    internal static void RequireShape(in ConvolutionProblem problem)
    {
        (BlockedLayout input, BlockedLayout output) = (problem.Input, problem.Output);
        Demand(
            problem.Groups > 0 && input.Channels % problem.Groups == 0 && output.Channels % problem.Groups == 0,
            $"{input.Channels} input and {output.Channels} output channels cannot be divided into {problem.Groups} groups");
        Demand(problem.Stride is { Height: > 0, Width: > 0 } && problem.Dilation is { Height: > 0, Width: > 0 }, "strides and dilations must be positive");
        Demand(problem.Kernel is { Height: > 0, Width: > 0 }, "the kernel size must be positive");
        (long lastRow, long lastColumn) = problem.Window.LastRead((output.Height, output.Width));
        RequireBorder("rows", problem.Padding.Top, lastRow, input.Height, input.Border.Top, input.Border.Bottom);
        RequireBorder("columns", problem.Padding.Left, lastColumn, input.Width, input.Border.Left, input.Border.Right);
    }

    /// <summary>Checks that every span of a call has the required length.</summary>
    /// <exception cref="ArgumentException">One is too short.</exception>
    internal static void Require(in ConvolutionProblem problem, in ConvolutionOperands operands, int scratch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(operands.Batch);
        RequireLength("input", operands.Input.Length, problem.Input.LengthOf(operands.Batch));
        RequireLength("output", operands.Output.Length, problem.Output.LengthOf(operands.Batch));
        RequireLength("residual", operands.Residual.Length, operands.Residual.IsEmpty ? 0 : problem.Residual?.LengthOf(operands.Batch) ?? 0);
        RequireLength("scratch", operands.Scratch.Length, scratch);
    }

    /// <summary>The same for two convolutions, of which the second reads what the first has written to scratch memory.</summary>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    internal static void RequirePair(in ConvolutionProblem first, in ConvolutionProblem second, in ConvolutionOperands operands, int scratch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(operands.Batch);
        RequireLength("input", operands.Input.Length, first.Input.LengthOf(operands.Batch));
        RequireLength("output", operands.Output.Length, second.Output.LengthOf(operands.Batch));
        RequireLength("scratch", operands.Scratch.Length, scratch);
    }

    private static void RequireBorder(string what, int pad, long last, int input, int before, int after) => Demand(
        pad <= before && last < (long)input + after,
        $"the convolution reads {what} {-pad} to {last} of {input}, outside of a border of {before} before and {after} after");

    private static void RequireLength(string what, int length, long needed)
    {
        if (length < needed)
        {
            Throw($"the {what} has {length} floats, but {needed} are needed");
        }
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            Throw(otherwise);
        }
    }

    private static void Demand(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureMessage otherwise)
    {
        if (!holds)
        {
            Throw(otherwise.Text());
        }
    }

    [DoesNotReturn]
    private static void Throw(string reason) => throw new ArgumentException($"Convolution: {reason}.");
}
