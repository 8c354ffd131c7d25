using System.Collections.Concurrent;
using System.Reflection;
using Espalier.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>An opened device: its memory, the stream of its kernels, and the kernels that have been compiled for it.</summary>
/// <remarks>Kernels and copies run in the order of the calls. Callers hold <see cref="Gate"/> for a whole run.</remarks>
internal sealed class Device : IDisposable
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly ConcurrentDictionary<MethodInfo, Delegate> _kernels = new();
    private MemoryBuffer1D<float, Stride1D.Dense>? _scratch;

    internal Device(Context context, Accelerator accelerator) => (_context, _accelerator) = (context, accelerator);

    /// <summary>Held while a run uses the device.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Starts a kernel of one thread for each index.</summary>
    internal void Run<TArguments>(Action<Index1D, TArguments> kernel, long count, in TArguments arguments) where TArguments : struct
    {
        if (count > int.MaxValue)
        {
            throw new EspalierException($"A kernel of {count} elements is more than a device counts; use a smaller batch.");
        }

        if (count > 0)
        {
            var compiled = (Action<Index1D, TArguments>)_kernels.GetOrAdd(kernel.Method, _ => _accelerator.LoadAutoGroupedStreamKernel(kernel));
            compiled((int)count, arguments);
        }
    }

    /// <summary>Starts a kernel of groups of threads that share memory.</summary>
    internal void RunGroups<TArguments>(Action<TArguments> kernel, Index3D groups, int threads, in TArguments arguments) where TArguments : struct
    {
        var compiled = (Action<KernelConfig, TArguments>)_kernels.GetOrAdd(kernel.Method, _ => _accelerator.LoadStreamKernel(kernel));
        compiled(new KernelConfig(groups, new Index3D(threads, 1, 1)), arguments);
    }

    /// <summary>Memory of the device; the caller frees it.</summary>
    /// <exception cref="EspalierException">There is not enough.</exception>
    internal MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(long count) where T : unmanaged => TryAllocate<T>(count)
        ?? throw new EspalierException(
            $"The device '{_accelerator.Name}' of {_accelerator.MemorySize >> 20} MiB has no {(count * Interop.SizeOf<T>()) >> 20} MiB left; use a smaller batch, or the runtime cpu.");

    /// <summary>Memory of the device, which the caller frees, or <see langword="null"/> if there is not enough.</summary>
    internal MemoryBuffer1D<T, Stride1D.Dense>? TryAllocate<T>(long count) where T : unmanaged
    {
        try
        {
            return _accelerator.Allocate1D<T>(Math.Max(1, count));
        }
        catch (Exception error) when (error is AcceleratorException or OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Memory of the processor that the device copies by itself; the caller frees it.</summary>
    internal PageLockedArray1D<float> AllocatePageLocked(long count) => _accelerator.AllocatePageLocked1D<float>(Math.Max(1, count));

    /// <summary>A stream beside that of the kernels; the caller frees it.</summary>
    internal AcceleratorStream CreateStream() => _accelerator.CreateStream();

    /// <summary>Memory of the device with values in it; the caller frees it.</summary>
    internal MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> buffer = Allocate<T>(values.Length);
        if (values.Length > 0)
        {
            Write(buffer.View, values);
        }

        return buffer;
    }

    /// <summary>Copies values to the device.</summary>
    internal void Write<T>(ArrayView<T> to, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.Length > 0)
        {
            to.SubView(0, values.Length).CopyFromCPU(_accelerator.DefaultStream, values);
        }
    }

    /// <summary>Copies values from the device, after all kernels that were started before.</summary>
    internal void Read<T>(ArrayView<T> from, Span<T> values) where T : unmanaged
    {
        if (values.Length > 0)
        {
            from.SubView(0, values.Length).CopyToCPU(_accelerator.DefaultStream, values);
        }

        Synchronize();
    }

    /// <summary>Memory for what a kernel leaves to the next one; the next call may return the same.</summary>
    internal ArrayView<float> Scratch(long count)
    {
        if (_scratch is null || _scratch.Length < count)
        {
            Synchronize(); // a kernel may still use the old memory
            _scratch?.Dispose();
            _scratch = null;
            _scratch = Allocate<float>(count);
        }

        return _scratch.View.SubView(0, count);
    }

    /// <summary>Waits until everything that was started has ended.</summary>
    internal void Synchronize() => _accelerator.DefaultStream.Synchronize();

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch?.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }
}
