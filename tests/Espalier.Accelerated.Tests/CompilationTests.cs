using System.Reflection;
using System.Reflection.Emit;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace Espalier.Accelerated.Tests;

/// <summary>Every kernel compiles to PTX, which needs no device.</summary>
public sealed class CompilationTests
{
    private const BindingFlags Anything = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] s_types = typeof(AcceleratedRuntime).Assembly.GetTypes();

    public static TheoryData<string> Architectures => ["SM_70", "SM_90"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Kernels_of_a_thread_for_each_element_compile(string architecture)
    {
        using var compiler = new Compiler(architecture);
        MethodInfo[] kernels = [.. s_types.SelectMany(type => type.GetMethods(Anything)).Where(method =>
            method.IsStatic && method.GetParameters() is [{ ParameterType: var index }, _] && index == typeof(Index1D)).SelectMany(Instances)];
        Assert.Contains(kernels, kernel => kernel.DeclaringType == typeof(Reductions));
        Assert.All(kernels, kernel => Assert.Contains(".entry", compiler.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(kernel)), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Products_keep_their_sums_in_registers_and_load_four_numbers_at_once(string architecture)
    {
        using var compiler = new Compiler(architecture);
        MethodInfo kernel = typeof(Product).GetMethod(nameof(Product.Multiply), Anything)!;
        Type[][] products = [.. ProductsThatOpsStart()];
        Assert.Contains(products, product => product[1] == typeof(ImageColumns));
        Assert.Contains(products, product => product[2] == typeof(PartialSums));
        foreach (Type tile in s_types.Where(type => type.IsValueType && type.IsAssignableTo(typeof(ITile))))
        {
            Assert.All(products, product =>
            {
                string code = compiler.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel.MakeGenericMethod([tile, .. product])));
                Assert.DoesNotContain(".local", code, StringComparison.Ordinal);
                Assert.Contains("ld.shared.v4.f32", code, StringComparison.Ordinal);
                Assert.DoesNotContain("ld.shared.f32", code, StringComparison.Ordinal);
            });
        }
    }

    // A generic kernel with each of the types that it is written for.
    private static IEnumerable<MethodInfo> Instances(MethodInfo kernel) => !kernel.IsGenericMethodDefinition
        ? [kernel]
        : from type in s_types
          where type.IsValueType && kernel.GetGenericArguments()[0].GetGenericParameterConstraints().All(constraint => type.IsAssignableTo(constraint))
          select kernel.MakeGenericMethod(type);

    // The type arguments of all calls of Product.Start in the assembly's code.
    private static IEnumerable<Type[]> ProductsThatOpsStart() => s_types.Where(type => type != typeof(Product))
        .SelectMany(type => type.GetMethods(Anything))
        .SelectMany(Called)
        .Where(method => method.DeclaringType == typeof(Product) && method.Name == nameof(Product.Start))
        .Select(method => method.GetGenericArguments())
        .DistinctBy(types => string.Join(", ", types.Select(type => type.FullName)));

    // Also what happens to look like a call in the arguments of other instructions, which is some other method, or none.
    private static IEnumerable<MethodBase> Called(MethodInfo caller)
    {
        byte[] code = caller.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + sizeof(int) < code.Length; i++)
        {
            if (code[i] == OpCodes.Call.Value && Resolve(caller, BitConverter.ToInt32(code, i + 1)) is { } called)
            {
                yield return called;
            }
        }
    }

    private static MethodBase? Resolve(MethodInfo caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(token, caller.DeclaringType?.GetGenericArguments(), caller.GetGenericArguments());
        }
        catch (Exception error) when (error is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }

    private sealed class Compiler : IDisposable
    {
        private readonly Context _context = Context.Create(builder => builder.Cuda(_ => true).Optimize(OptimizationLevel.O2).EnableAlgorithms().CPU());
        private readonly PTXBackend _backend;

        internal Compiler(string name)
        {
            CudaArchitecture architecture = name == "SM_70" ? CudaArchitecture.SM_70 : CudaArchitecture.SM_90;
            _backend = new PTXBackend(_context, new CudaCapabilityContext(architecture), architecture, CudaInstructionSet.ISA_80, null!);
        }

        internal string Compile(EntryPointDescription entry) => ((PTXCompiledKernel)_backend.Compile(entry, default)).PTXAssembly;

        public void Dispose()
        {
            _backend.Dispose();
            _context.Dispose();
        }
    }
}
