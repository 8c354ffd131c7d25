using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Finds the positions of a branch's weights in the convolution that the branches fold into.</summary>
internal static class BranchPositions
{
    /// <summary>For each weight of <paramref name="branch"/>, finds the index of the weight of <paramref name="folded"/> that it is added to.</summary>
    /// <returns>Whether every weight of the branch has such an index.</returns>
    internal static bool TryPlace(Conv2d branch, Conv2d folded, out int[] positions)
    {
        // The weights of the branch are replaced by their indices (from 1), so that the aligned kernel contains the index at each new position.
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
