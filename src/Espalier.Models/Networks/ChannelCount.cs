using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>How many channels a layer has at another width of the network.</summary>
internal static class ChannelCount
{
    private const double Widest = 100; // far beyond any published width (2), and no product overflows

    /// <summary>Channels times width, rounded; at least 1.</summary>
    /// <exception cref="GraphException">The width is not a positive number of a sensible size.</exception>
    internal static int Scale(string architecture, int channels, double width)
    {
        Check(architecture, width);
        return Math.Max(1, (int)Math.Round(channels * width));
    }

    /// <summary>Channels times width, rounded down: the rule of RepVGG's and MobileOne's authors; at least 1.</summary>
    /// <exception cref="GraphException">The width is not a positive number of a sensible size.</exception>
    internal static int Truncate(string architecture, int channels, double width)
    {
        Check(architecture, width);
        return Math.Max(1, (int)(channels * width));
    }

    /// <summary>Channels times width, rounded to a multiple of 8, but not down by more than a tenth: the rule of MobileNet's authors, which torchvision follows.</summary>
    /// <exception cref="GraphException">The width is not a positive number of a sensible size.</exception>
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
