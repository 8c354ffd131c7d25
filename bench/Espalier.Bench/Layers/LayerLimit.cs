using System.Globalization;

namespace Espalier.Bench.Layers;

/// <summary>Steps and what they take, in milliseconds and MB.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Steps">How many.</param>
/// <param name="Cold">In the network's order.</param>
/// <param name="Hot">Again and again.</param>
/// <param name="AtPeak">Their products at the peak of the arithmetic units.</param>
/// <param name="Megabytes">What they must read and write at least: at inference their packed weights.</param>
/// <param name="AtBandwidth">That at the bandwidth of memory.</param>
/// <param name="Floor">Of each step the greater of the two.</param>
internal readonly record struct LayerLimit(string Name, int Steps, double Cold, double Hot, double AtPeak, double Megabytes, double AtBandwidth, double Floor)
{
    /// <summary>What limits them: the arithmetic units, or memory.</summary>
    internal string Bound => Floor == 0 ? "–" : AtPeak >= AtBandwidth ? "arithmetic" : "memory";

    /// <summary>The limit as a share of the measured time.</summary>
    internal string Share => Floor == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100 * Floor / Cold:F0} %");

    /// <summary>One step.</summary>
    internal static LayerLimit Of(NetworkStep step, double cold, double hot, double peakGigaflops, double bandwidth)
    {
        double atPeak = step.Products * 2e-6 / peakGigaflops;
        double megabytes = step.Step.PackedBytes * 1e-6;
        return new LayerLimit(step.Kind, 1, cold * 1e3, hot * 1e3, atPeak, megabytes, megabytes / bandwidth, Math.Max(atPeak, megabytes / bandwidth));
    }

    public static LayerLimit operator +(LayerLimit a, LayerLimit b) => new(
        a.Name, a.Steps + b.Steps, a.Cold + b.Cold, a.Hot + b.Hot, a.AtPeak + b.AtPeak, a.Megabytes + b.Megabytes, a.AtBandwidth + b.AtBandwidth, a.Floor + b.Floor);
}
