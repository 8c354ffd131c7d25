using System.Globalization;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Draws the noise of quantization.</summary>
public static class NoiseMap
{
    /// <summary>Writes an SVG file with a row for each rounded value, darker where the signal-to-noise ratio is lower.</summary>
    /// <param name="noise">The noise: a quantized model's <see cref="QuantizedModel.Noise"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">What was quantized.</param>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public static void WriteSvg(this IReadOnlyList<QuantizationNoise> noise, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(noise);
        double[] finite = [.. noise.Select(value => value.Decibels).Where(double.IsFinite)];
        double most = finite.DefaultIfEmpty(0).Max();
        double Darkness(double decibels) => double.IsFinite(decibels) ? most - decibels : 0;
        var rows = noise.Select(value => new HeatMapRow(value.Value, [Darkness(value.Decibels)], [Text(value.Decibels)]));
        HeatMapDrawing.Write(path, new HeatMap($"{title}: 8 bits", "signal to noise", ["dB"], ValueList.From(rows)) { Greatest = most - finite.DefaultIfEmpty(0).Min() });
    }

    /// <summary>A signal-to-noise ratio in decibels with one decimal; a dash where there is neither signal nor noise.</summary>
    internal static string Text(double decibels) => double.IsNaN(decibels) ? "–" : double.IsPositiveInfinity(decibels) ? "∞" : decibels.ToString("F1", CultureInfo.InvariantCulture);
}
