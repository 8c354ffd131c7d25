using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>The options of the published RegNets (Radosavovic 2020, tables of figures 15 and 16), smallest first.</summary>
public static class RegNetTable
{
    private const double SqueezeExcitation = 0.25;

    /// <summary>RegNet Y, with squeeze and excitation.</summary>
    public static ValueList<RegNetOptions> Y { get; } =
    [
        Of("y_400mf", 16, 48, 27.89, 2.09, 8, SqueezeExcitation), Of("y_800mf", 14, 56, 38.84, 2.4, 16, SqueezeExcitation),
        Of("y_1_6gf", 27, 48, 20.71, 2.65, 24, SqueezeExcitation), Of("y_3_2gf", 21, 80, 42.63, 2.66, 24, SqueezeExcitation),
        Of("y_8gf", 17, 192, 76.82, 2.19, 56, SqueezeExcitation), Of("y_16gf", 18, 200, 106.23, 2.48, 112, SqueezeExcitation),
        Of("y_32gf", 20, 232, 115.89, 2.53, 232, SqueezeExcitation), Of("y_128gf", 27, 456, 160.83, 2.52, 264, SqueezeExcitation),
    ];

    /// <summary>RegNet X, without squeeze and excitation.</summary>
    public static ValueList<RegNetOptions> X { get; } =
    [
        Of("x_400mf", 22, 24, 24.48, 2.54, 16, 0), Of("x_800mf", 16, 56, 35.73, 2.28, 16, 0), Of("x_1_6gf", 18, 80, 34.01, 2.25, 24, 0), Of("x_3_2gf", 25, 88, 26.31, 2.25, 48, 0),
        Of("x_8gf", 23, 80, 49.56, 2.88, 120, 0), Of("x_16gf", 22, 216, 55.59, 2.1, 128, 0), Of("x_32gf", 23, 320, 69.86, 2.0, 168, 0),
    ];

    private static RegNetOptions Of(string name, int depth, int initialWidth, double slope, double step, int groupWidth, double squeezeExcitation) => new()
    {
        Architecture = $"regnet_{name}",
        Depth = depth,
        InitialWidth = initialWidth,
        Slope = slope,
        Step = step,
        GroupWidth = groupWidth,
        SqueezeExcitation = squeezeExcitation,
    };
}
