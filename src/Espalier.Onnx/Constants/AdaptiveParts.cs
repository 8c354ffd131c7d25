using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>The parts of an axis that an adaptive pool reduces: output i of n reads the positions from floor(i·inputs / n) up to ceil((i + 1)·inputs / n), which may overlap.</summary>
/// <param name="Inputs">Number of positions.</param>
/// <param name="Outputs">Number of parts.</param>
internal readonly record struct AdaptiveParts(int Inputs, int Outputs)
{
    /// <summary>Whether all parts have the same number of positions and none overlaps another.</summary>
    internal bool AreWindows => Inputs % Outputs == 0;

    /// <summary>The first position of a part, and the one after its last.</summary>
    internal (int First, int End) this[int index] => ((int)((long)index * Inputs / Outputs), (int)((((index + 1L) * Inputs) + Outputs - 1) / Outputs));

    /// <summary>The number of positions of the largest part.</summary>
    internal int Longest
    {
        get
        {
            int longest = 0;
            for (int i = 0; i < Outputs; i++)
            {
                (int first, int end) = this[i];
                longest = Math.Max(longest, end - first);
            }

            return longest;
        }
    }

    /// <summary>The matrix that multiplies an axis to the means of its parts: outputs x inputs, or inputs x outputs.</summary>
    internal Tensor Means(bool byRow)
    {
        Tensor matrix = Tensor.Zeros(byRow ? [Outputs, Inputs] : [Inputs, Outputs]);
        Span<float> weights = matrix.Write<float>();
        for (int i = 0; i < Outputs; i++)
        {
            (int first, int end) = this[i];
            for (int at = first; at < end; at++)
            {
                weights[byRow ? (i * Inputs) + at : (at * Outputs) + i] = 1f / (end - first);
            }
        }

        return matrix;
    }

    /// <summary>The positions of all parts one after the other, each part as long as the longest by repeating its last position, which changes no maximum.</summary>
    internal long[] Positions()
    {
        int longest = Longest;
        long[] positions = new long[checked(Outputs * longest)];
        for (int i = 0; i < positions.Length; i++)
        {
            (int first, int end) = this[i / longest];
            positions[i] = Math.Min(first + (i % longest), end - 1);
        }

        return positions;
    }
}
