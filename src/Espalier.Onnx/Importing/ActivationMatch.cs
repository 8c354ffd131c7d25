using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Recognizes which activation an expression computes, by its values.</summary>
/// <remarks>
/// Two functions are the same here if they agree at some seven hundred points to a relative error of 10⁻⁶ (2·10⁻³ where numbers of the expression were rounded to 16 bits): between −12 and 12 densely, by powers of ten
/// up to 10³⁰ in magnitude, so that no bound is overlooked however it is spelled, and around the numbers that the expression mentions, as operands or attributes, where a piecewise function may bend. Of several that
/// do, the nearest one is taken.
/// </remarks>
internal static class ActivationMatch
{
    private const double Far = 1e30;
    private const int MostNumbers = 40; // of an expression: no activation has as many
    private static readonly double[] s_points =
    [
        .. Enumerable.Range(-300, 601).Select(i => i / 25.0),
        .. new[] { 1e-6, 1e-3, 0.7071, 2.5001, 2.9999, 3.0001, 5.9999, 6.0001, 20, 50, 100, 1000, 1e4 }.Concat(Enumerable.Range(5, 26).Select(power => Math.Pow(10, power))).SelectMany(x => (double[])[x, -x]),
    ];

    private static readonly double[] s_few = [-100, -5.3, -2.1, -1, -0.4, 0.3, 1, 2.7, 6.5, 100];

    private static readonly Activation[] s_plain =
    [
        Activation.None,
        .. Enum.GetValues<ActivationKind>().Where(kind => kind is not (ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Elu or ActivationKind.HardTanh)).Select(kind => new Activation(kind)),
    ];

    /// <summary>The activation that an expression is, or <see langword="null"/>. The identity is one.</summary>
    internal static Activation? Find(Expression expression)
    {
        double tolerance = expression.IsHalf ? 2e-3 : 1e-6;
        double[] few = Array.ConvertAll(s_few, expression.At);
        Activation[] candidates = [.. Candidates(expression).Where(candidate => Error(s_few, few, candidate.Of, tolerance) <= tolerance)];
        if (candidates.Length == 0)
        {
            return null;
        }

        double[] points = Points(expression);
        double[] values = Array.ConvertAll(points, expression.At);
        (Activation? best, double least) = (null, double.PositiveInfinity);
        foreach (Activation candidate in candidates)
        {
            double error = Error(points, values, candidate.Of, Math.Min(tolerance, least));
            if (error < least && error <= tolerance)
            {
                (best, least) = (candidate, error);
            }
        }

        return best;
    }

    /// <summary>Factor and shift of an expression that is linear, or <see langword="null"/>.</summary>
    internal static (double Factor, double Shift)? FindLinear(Expression expression)
    {
        double shift = expression.At(0);
        double factor = expression.At(1) - shift;
        if (!double.IsFinite(shift) || !double.IsFinite(factor))
        {
            return null;
        }

        if (Math.Abs(expression.At(-3) - (shift - (3 * factor))) > 1e-6 * (Math.Abs(shift) + Math.Abs(factor)))
        {
            return null;
        }

        double scale = Math.Max(Math.Abs(shift), 1);
        double[] points = Points(expression);
        return Error(points, Array.ConvertAll(points, x => expression.At(x) / scale), x => ((factor * x) + shift) / scale, 1e-9) <= 1e-9 ? (factor, shift) : null;
    }

    /// <summary>Where functions are compared: 32-bit floats have no values beyond the largest, so that a bound there is none.</summary>
    private static double[] Points(Expression expression) =>
    [
        .. s_points,
        .. expression.Numbers().Where(double.IsFinite).Distinct().Take(MostNumbers).SelectMany(x => (double[])[x, -x, x * 1.001, x * -0.999, x + 0.37, x - 0.37]).Where(x => Math.Abs(x) <= float.MaxValue),
    ];

    /// <summary>All activations without a parameter, and each that has one with the parameter that the expression's values give.</summary>
    private static IEnumerable<Activation> Candidates(Expression expression)
    {
        (double low, double left, double high) = (expression.At(-Far), expression.At(-1), expression.At(Far));
        IEnumerable<Activation> candidates = s_plain;
        if (double.IsFinite(left) && left != 0)
        {
            candidates = candidates.Append(new Activation(ActivationKind.LeakyRelu, -left));
        }

        if (double.IsFinite(low) && low != 0)
        {
            candidates = candidates.Append(new Activation(ActivationKind.Elu, -low));
        }

        return double.IsNaN(low + high) || low >= high || (double.IsInfinity(low) && double.IsInfinity(high))
            ? candidates
            : candidates.Append(new Activation(ActivationKind.HardTanh) { Minimum = low, Maximum = high });
    }

    /// <summary>The largest error relative to the value or the point, whichever is larger; infinite as soon as it exceeds a tolerance.</summary>
    private static double Error(double[] points, double[] values, Func<double, double> expected, double tolerance)
    {
        double largest = 0;
        for (int i = 0; i < points.Length; i++)
        {
            double value = expected(points[i]);
            double error = value.Equals(values[i]) ? 0 : Math.Abs(value - values[i]) / Math.Max(Math.Abs(value), Math.Min(Math.Abs(points[i]), 8));
            if (!(error <= tolerance))
            {
                return double.PositiveInfinity;
            }

            largest = Math.Max(largest, error);
        }

        return largest;
    }
}
