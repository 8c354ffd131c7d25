using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Changes brightness, contrast, saturation and hue by random amounts in random order: torchvision's <c>ColorJitter</c> over Pillow.</summary>
/// <param name="Brightness">The factor is drawn from 1 − this to 1 + this, but not below 0.</param>
/// <param name="Contrast">The factor is drawn from 1 − this to 1 + this, but not below 0.</param>
/// <param name="Saturation">The factor is drawn from 1 − this to 1 + this, but not below 0.</param>
/// <param name="Hue">The shift is drawn from −this to this, in turns of the colour circle; at most 0.5.</param>
public sealed record ColorJitter(double Brightness = 0, double Contrast = 0, double Saturation = 0, double Hue = 0) : IImageTransform
{
    private const int Adjustments = 4;

    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        Span<int> order = stackalloc int[Adjustments];
        for (int i = 0; i < Adjustments; i++)
        {
            int other = (int)random.Below((ulong)i, i + 1);
            order[i] = order[other];
            order[other] = i;
        }

        foreach (int adjustment in order)
        {
            Adjust(pixels.Pixels, adjustment, random.Uniform((ulong)(Adjustments + adjustment)));
        }
    }

    private void Adjust(Span<byte> pixels, int adjustment, double uniform)
    {
        switch (adjustment)
        {
            case 0 when Brightness > 0:
                ColorOperations.Brightness(pixels, Factor(Brightness, uniform));
                break;
            case 1 when Contrast > 0:
                ColorOperations.Contrast(pixels, Factor(Contrast, uniform));
                break;
            case 2 when Saturation > 0:
                ColorOperations.Saturation(pixels, Factor(Saturation, uniform));
                break;
            case 3 when Hue > 0:
                HueRotation.Apply(pixels, ((2 * uniform) - 1) * Math.Min(Hue, 0.5));
                break;
            default:
                break; // this setting is 0 and changes nothing
        }
    }

    private static float Factor(double range, double uniform)
    {
        double low = Math.Max(0, 1 - range);
        return (float)(low + ((1 + range - low) * uniform));
    }
}
