using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Where a branch's weights are in the convolution that the branches fold into.</summary>
internal static class BranchPositions
{
    /// <summary>For each weight of <paramref name="branch"/> the place of the weight of <paramref name="folded"/> that it adds to.</summary>
    /// <returns>Whether each has one.</returns>
    internal static bool TryPlace(Conv2d branch, Conv2d folded, out int[] positions)
    {
        // The folding algebra moves the weights; numbers that count them tell where they went.
        LinearMap numbered = Form(branch, static i => i + 1);
        LinearMap empty = Form(folded, static _ => 0);
        positions = new int[numbered.Weight.Length];
        LinearMap[] aligned = KernelGrid.Align([empty, numbered], out MergeRefusal? refusal);
        if (refusal is not null || aligned[0].Weight.Length != empty.Weight.Length || branch.Groups % folded.Groups != 0)
        {
            return false;
        }

        double[] places = GroupConversion.Widen(aligned[1], folded.Groups).Weight;
        int found = 0;
        for (int place = 0; place < places.Length; place++)
        {
            if (places[place] != 0)
            {
                positions[(int)places[place] - 1] = place;
                found++;
            }
        }

        return found == positions.Length;
    }

    private static LinearMap Form(Conv2d conv, Func<int, double> weight)
    {
        var numbers = new double[conv.Parameters[0].Shape.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = weight(i);
        }

        return new LinearMap(conv.InChannels, conv.OutChannels, conv.Kernel, numbers, conv.Groups)
        {
            Stride = conv.Stride,
            Dilation = conv.Dilation,
            Padding = conv.Padding,
        };
    }
}
