using System.Collections.Immutable;
using Espalier.Accelerated;

namespace Espalier.Cli;

/// <summary>The runtime of accelerators: the device that --device names, or the CPU, with a note, where there is none.</summary>
internal static class AcceleratorChoice
{
    internal const string Name = "accelerator";

    /// <summary>The device that every machine has.</summary>
    internal const string Emulated = "emulated";

    /// <summary>Opens a device.</summary>
    /// <param name="device">Its number, <see cref="Emulated"/>, or <see langword="null"/> for the first.</param>
    /// <param name="messages">Where the note goes.</param>
    /// <exception cref="EspalierException">There are devices, but not this one.</exception>
    internal static IRuntime Open(string? device, TextWriter messages)
    {
        AcceleratorDevice? found = Find(device);
        try
        {
            return new FallbackRuntime(new AcceleratedRuntime(found), Runtimes.Cpu, Note); // open until the process ends
        }
        catch (EspalierException error)
        {
            Note(error);
            return Runtimes.Cpu;
        }

        void Note(EspalierException reason) => messages.WriteLine($"note: {Visible.Text($"the runtime {Runtimes.Cpu.Name} is used: {reason.Message}")}");
    }

    // null where there is none at all.
    private static AcceleratorDevice? Find(string? device)
    {
        if (device == Emulated)
        {
            return AcceleratorDevice.Emulated;
        }

        if (!int.TryParse(device ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new EspalierException($"--device takes the number of a device or '{Emulated}', found '{device}'");
        }

        ImmutableArray<AcceleratorDevice> all = AcceleratorDevice.All;
        return all.IsEmpty ? null
            : number < all.Length ? all[number]
            : throw new EspalierException($"there is no device {number}; there are {string.Join(", ", all.Select((each, i) => $"{i} ({each.Name})"))}");
    }
}
