using System.Text.Json;

namespace Espalier.Cli;

/// <summary>Tells how fast a pruned model is beside the one it came from.</summary>
internal static class SpeedReport
{
    /// <summary>A sentence that says plainly whether it is faster.</summary>
    internal static string Describe(this PruneSpeed speed)
    {
        string times = $"{Amount.Fixed(speed.Before, 3)} ms before, {Amount.Fixed(speed.After, 3)} ms after";
        string verdict = speed.IsSlower ? $"SLOWER than before by {Amount.Percent((speed.After / speed.Before) - 1)}"
            : speed.IsFaster ? $"{Amount.Fixed(speed.Before / speed.After, 2)} times as fast as before"
            : "not faster than before";
        return speed.Target is double target ? $"{verdict}: {times}, at most {Amount.Fixed(target, 3)} ms asked for" : $"{verdict}: {times}";
    }

    /// <summary>Writes it as an object called <c>speed</c>.</summary>
    internal static void Write(this PruneSpeed speed, Utf8JsonWriter json)
    {
        json.WriteStartObject("speed");
        json.WriteNumber("ms_before", speed.Before);
        json.WriteNumber("ms", speed.After);
        json.WriteBoolean("faster", speed.IsFaster);
        if (speed.Target is double target)
        {
            json.WriteNumber("target_ms", target);
            json.WriteBoolean("reached", !speed.Fails);
        }

        json.WriteEndObject();
    }
}
