using System.Text.Json;

namespace Espalier.Cli;

/// <summary>How fast a pruned model is beside the one it came from, both measured in turns.</summary>
/// <param name="Before">Milliseconds of one sample on one thread: the median.</param>
/// <param name="After">The same of the pruned model.</param>
/// <param name="Target">Milliseconds that were asked for, or <see langword="null"/>.</param>
internal sealed record PruneSpeed(double Before, double After, double? Target)
{
    private const double Noise = 1.02; // two measurements of one model differ by up to so much

    /// <summary>Whether it takes longer than before, beyond what is noise.</summary>
    internal bool IsSlower => After > Noise * Before;

    /// <summary>Whether it is not what was asked for: slower than its parent, or than the target.</summary>
    internal bool Fails => Target is double target && (IsSlower || After > Noise * target);

    /// <summary>A sentence that says plainly whether it is faster.</summary>
    internal string Describe()
    {
        string times = $"{Amount.Fixed(Before, 3)} ms before, {Amount.Fixed(After, 3)} ms after";
        string verdict = IsSlower ? $"SLOWER than before by {Amount.Percent((After / Before) - 1)}"
            : After * Noise < Before ? $"{Amount.Fixed(Before / After, 2)} times as fast as before"
            : "not faster than before";
        return Target is double target ? $"{verdict}: {times}, at most {Amount.Fixed(target, 3)} ms asked for" : $"{verdict}: {times}";
    }

    /// <summary>Writes it as an object called <c>speed</c>.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("speed");
        json.WriteNumber("ms_before", Before);
        json.WriteNumber("ms", After);
        json.WriteBoolean("faster", After * Noise < Before);
        if (Target is double target)
        {
            json.WriteNumber("target_ms", target);
            json.WriteBoolean("reached", !Fails);
        }

        json.WriteEndObject();
    }
}
