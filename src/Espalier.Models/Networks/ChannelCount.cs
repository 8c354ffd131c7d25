using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The number of channels of a layer in a network that is scaled by a width multiplier.</summary>
internal static class ChannelCount
{
    private const double Widest = 100; // published multipliers are at most 5; the limit prevents overflows

    /// <summary>The channels times the multiplier, rounded; at least 1.</summary>
    /// <exception cref="GraphException">The multiplier is not above 0 and at most 100.</exception>
    internal static int Scale(string architecture, int channels, double width)
    {
        Check(architecture, width);
        return Math.Max(1, (int)Math.Round(channels * width));
    }

    /// <summary>The channels times the multiplier, rounded down; at least 1. RepVGG and MobileOne use this rule.</summary>
    /// <exception cref="GraphException">The multiplier is not above 0 and at most 100.</exception>
    internal static int Truncate(string architecture, int channels, double width)
    {
        Check(architecture, width);
        return Math.Max(1, (int)(channels * width));
    }

    /// <summary>The channels times the multiplier, rounded to a multiple of 8, but not down by more than a tenth. The MobileNet authors and torchvision use this rule.</summary>
    /// <exception cref="GraphException">The multiplier is not above 0 and at most 100.</exception>
    internal static int ScaleByEights(string architecture, int channels, double width)
    {
        Check(architecture, width);
        return ToMultiple(channels * width, 8);
    }

    /// <summary>A number of channels rounded to a multiple, at least once the multiple, but not down by more than a tenth: torchvision's <c>_make_divisible</c>.</summary>
    internal static int ToMultiple(double wanted, int multiple)
    {
        const double LeastKept = 0.9;
        int rounded = Math.Max(multiple, (int)(wanted + (multiple / 2.0)) / multiple * multiple);
        return rounded < LeastKept * wanted ? rounded + multiple : rounded;
    }

    private static void Check(string architecture, double width)
    {
        if (!(width > 0 && width <= Widest))
        {
            GraphException.Throw(architecture, string.Create(CultureInfo.InvariantCulture, $"expected a width above 0 and at most {Widest}, found {width}"));
        }
    }
}
