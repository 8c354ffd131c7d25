using Espalier.Tensors;

namespace Espalier;

/// <summary>Bilinear interpolation in a grid of values: PyTorch's <c>interpolate(mode="bilinear", align_corners=False)</c>.</summary>
internal static class BilinearGrid
{
    /// <summary>The value at a place between the centres of cells, which are at whole numbers; beyond the outermost centres it is theirs.</summary>
    internal static double At(ReadOnlySpan<float> values, Size size, double row, double column)
    {
        (int top, int bottom, double down) = Neighbours(row, size.Height);
        (int left, int right, double across) = Neighbours(column, size.Width);
        double above = Between(values[(top * size.Width) + left], values[(top * size.Width) + right], across);
        double below = Between(values[(bottom * size.Width) + left], values[(bottom * size.Width) + right], across);
        return Between(above, below, down);
    }

    /// <summary>A grid of another size that covers the same area.</summary>
    internal static float[] Resize(ReadOnlySpan<float> values, Size size, Size result)
    {
        float[] resized = new float[result.Area];
        for (int i = 0; i < resized.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, result.Width);
            resized[i] = (float)At(values, size, ((row + 0.5) * size.Height / result.Height) - 0.5, ((column + 0.5) * size.Width / result.Width) - 0.5);
        }

        return resized;
    }

    private static (int Before, int After, double Part) Neighbours(double place, int extent)
    {
        place = Math.Clamp(place, 0, extent - 1);
        int before = (int)place;
        return (before, Math.Min(before + 1, extent - 1), place - before);
    }

    private static double Between(double a, double b, double part) => a + (part * (b - a));
}
