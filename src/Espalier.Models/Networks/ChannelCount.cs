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
        const int Multiple = 8;
        const double LeastKept = 0.9;
        Check(architecture, width);
        double wanted = channels * width;
        int rounded = Math.Max(Multiple, (int)(wanted + (Multiple / 2.0)) / Multiple * Multiple);
        return rounded < LeastKept * wanted ? rounded + Multiple : rounded;
    }

    private static void Check(string architecture, double width)
    {
        if (!(width > 0 && width <= Widest))
        {
            GraphException.Throw(architecture, string.Create(CultureInfo.InvariantCulture, $"expected a width above 0 and at most {Widest}, found {width}"));
        }
    }
}
