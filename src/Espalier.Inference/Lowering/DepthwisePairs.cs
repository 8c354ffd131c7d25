using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>Joins the steps of a convolution and of the depthwise convolution that alone reads its output, as in inverted residuals (Sandler 2018, §3.3).</summary>
internal static class DepthwisePairs
{
    /// <summary>The steps, of which each pair is one.</summary>
    /// <param name="calls">What each step was lowered from.</param>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="kept">Values that are read after the last step.</param>
    internal static ImmutableArray<Step> Join(ILowering[] calls, Step[] steps, IEnumerable<PlanValue> kept)
    {
        Dictionary<PlanValue, int> reads = Reads(steps, kept);
        var joined = ImmutableArray.CreateBuilder<Step>(steps.Length);
        for (int i = 0; i < steps.Length; i++)
        {
            bool isRead = i + 1 < steps.Length && steps[i].Output.Whole is null && reads.GetValueOrDefault(steps[i].Output) == 1 && steps[i + 1].Inputs.Contains(steps[i].Output, ReferenceEqualityComparer.Instance);
            if (isRead && steps[i].Weights is ConvolutionWeights first && steps[i + 1].Weights is ConvolutionWeights second && first.Packed.Before(second.Packed) is DepthwisePair pair)
            {
                joined.Add(Step((LoweringContext)calls[i + 1], steps[i], steps[i + 1], pair, new PairWeights(steps[i].Name, first, second)));
                i++;
            }
            else
            {
                joined.Add(steps[i]);
            }
        }

        return joined.ToImmutable();
    }

    private static Step Step(LoweringContext second, Step a, Step b, DepthwisePair pair, PairWeights weights)
    {
        (PlanValue input, PlanValue output) = (a.Inputs[0], b.Output);
        return second.Step($"{a.Kernel}, {weights.Second.Packed.KernelName}", (arena, part, parts) => pair.Run(
            new ConvolutionOperands { Batch = arena.Batch, Input = arena[input], Output = arena[output], Scratch = ScratchMemory.OfThisThread(pair.ScratchLength) },
            part,
            parts)) with
        {
            Inputs = a.Inputs,
            MultiplyAccumulates = a.MultiplyAccumulates + b.MultiplyAccumulates,
            Weights = weights,
            PackedBytes = a.PackedBytes + b.PackedBytes,
        };
    }

    // What is a part of another value, or has parts, is more than one step's.
    private static Dictionary<PlanValue, int> Reads(Step[] steps, IEnumerable<PlanValue> kept)
    {
        var reads = new Dictionary<PlanValue, int>(ReferenceEqualityComparer.Instance);
        foreach (PlanValue value in steps.SelectMany(step => step.Inputs).Concat(kept.SelectMany(value => (PlanValue[])[value, value])).Concat(steps.Select(step => step.Output.Whole).OfType<PlanValue>()))
        {
            reads[value] = reads.GetValueOrDefault(value) + 1;
        }

        return reads;
    }
}
