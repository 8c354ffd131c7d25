using System.Collections.Immutable;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Espalier.Accelerated;

/// <summary>How kernels are compiled for a device.</summary>
public enum AcceleratorKind
{
    /// <summary>NVIDIA's CUDA, by PTX.</summary>
    Cuda,

    /// <summary>OpenCL C of 2.0 or later with generic address spaces.</summary>
    OpenCL,

    /// <summary>Threads of the CPU that behave like a graphics processor's: for tests only, thousands of times slower.</summary>
    Emulated,
}

/// <summary>A graphics processor of this machine.</summary>
/// <param name="Name">As its driver calls it.</param>
/// <param name="Kind">How kernels are compiled for it.</param>
/// <param name="MemoryBytes">Bytes of its memory.</param>
public sealed record AcceleratorDevice(string Name, AcceleratorKind Kind, long MemoryBytes)
{
    private const int EmulatedWarp = 32;
    private const int EmulatedWarps = 8; // groups of 256 threads, which the largest tile has

    private int _index;

    /// <summary>The devices of this machine, those of CUDA first, without the emulated one.</summary>
    /// <remarks>None where there is no driver.</remarks>
    public static ImmutableArray<AcceleratorDevice> All { get; } = Find();

    /// <summary>The emulated device, which every machine has: for tests.</summary>
    public static AcceleratorDevice Emulated { get; } = new("emulated", AcceleratorKind.Emulated, 0);

    /// <summary>The first device.</summary>
    /// <exception cref="EspalierException">There is none.</exception>
    internal static AcceleratorDevice First => All.IsEmpty
        ? throw new EspalierException("there is no accelerator: no CUDA driver and no OpenCL device of a graphics processor was found")
        : All[0];

    /// <summary>Opens the device.</summary>
    internal Device Open()
    {
        Context context = Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O2).EnableAlgorithms();
            if (Kind == AcceleratorKind.Emulated)
            {
                builder.CPU(new CPUDevice(EmulatedWarp, EmulatedWarps, 1));
            }
            else
            {
                builder.AllAccelerators();
            }
        });
        try
        {
            ILGPU.Runtime.Device found = context.Devices.Where(device => KindOf(device) == Kind).ElementAt(_index);
            return new Device(context, found.CreateAccelerator(context));
        }
        catch (Exception error) when (error is AcceleratorException or ArgumentOutOfRangeException)
        {
            context.Dispose();
            throw new EspalierException($"the accelerator '{Name}' cannot be opened: {error.Message}", error);
        }
    }

    private static ImmutableArray<AcceleratorDevice> Find()
    {
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).AllAccelerators());
        return
        [
            .. from device in context.Devices
            let kind = KindOf(device)
            where kind != AcceleratorKind.Emulated
            orderby kind
            group device by kind into same
            from each in same.Index()
            select new AcceleratorDevice(each.Item.Name, same.Key, each.Item.MemorySize) { _index = each.Index },
        ];
    }

    private static AcceleratorKind KindOf(ILGPU.Runtime.Device device) => device.AcceleratorType switch
    {
        AcceleratorType.Cuda => AcceleratorKind.Cuda,
        AcceleratorType.OpenCL => AcceleratorKind.OpenCL,
        _ => AcceleratorKind.Emulated,
    };
}
