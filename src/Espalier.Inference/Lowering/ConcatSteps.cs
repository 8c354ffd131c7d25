using Espalier.Execution;

namespace Espalier.Inference;

/// <summary>The step that copies what a concat joins.</summary>
internal static class ConcatSteps
{
    internal static Step Concat(LoweringContext context)
    {
        IReadOnlyList<int> copied = ToCopy(context.Inputs, context.Output);
        return context.Step("concat", [.. context.Calls().Where(call => copied.Contains(call.Input))]);
    }

    /// <summary>Which inputs of a concat are not where they belong already.</summary>
    internal static IReadOnlyList<int> ToCopy(PlanValue[] inputs, PlanValue output)
    {
        var copies = new List<int>();
        int first = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            int place = output.Start + (first / output.Layout.Lanes * output.Layout.BlockStride);
            if (!ReferenceEquals(inputs[i].Whole, output.Whole ?? output) || inputs[i].Start != place)
            {
                copies.Add(i);
            }

            first += inputs[i].Layout.Channels;
        }

        return copies;
    }
}
