using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Integers as types, for which kernels are compiled separately. The size of each type but <see cref="C0"/>, in bytes, is its value.</summary>
/// <remarks>
/// The just-in-time compiler knows a type's size when it reads a method, but a property's value only after inlining: a large kernel that compares
/// <c>sizeof</c> never compiles the branches that are not taken, which halves the time until it first runs.
/// </remarks>
internal static class Constant
{
    internal readonly struct C0 : IConstant
    {
        public static int Value => 0;
    }

    [StructLayout(LayoutKind.Sequential, Size = 1)]
    internal readonly struct C1 : IConstant
    {
        public static int Value => 1;
    }

    [StructLayout(LayoutKind.Sequential, Size = 2)]
    internal readonly struct C2 : IConstant
    {
        public static int Value => 2;
    }

    [StructLayout(LayoutKind.Sequential, Size = 3)]
    internal readonly struct C3 : IConstant
    {
        public static int Value => 3;
    }

    [StructLayout(LayoutKind.Sequential, Size = 4)]
    internal readonly struct C4 : IConstant
    {
        public static int Value => 4;
    }

    [StructLayout(LayoutKind.Sequential, Size = 5)]
    internal readonly struct C5 : IConstant
    {
        public static int Value => 5;
    }

    [StructLayout(LayoutKind.Sequential, Size = 6)]
    internal readonly struct C6 : IConstant
    {
        public static int Value => 6;
    }

    [StructLayout(LayoutKind.Sequential, Size = 7)]
    internal readonly struct C7 : IConstant
    {
        public static int Value => 7;
    }

    [StructLayout(LayoutKind.Sequential, Size = 8)]
    internal readonly struct C8 : IConstant
    {
        public static int Value => 8;
    }

    [StructLayout(LayoutKind.Sequential, Size = 9)]
    internal readonly struct C9 : IConstant
    {
        public static int Value => 9;
    }

    [StructLayout(LayoutKind.Sequential, Size = 10)]
    internal readonly struct C10 : IConstant
    {
        public static int Value => 10;
    }

    [StructLayout(LayoutKind.Sequential, Size = 11)]
    internal readonly struct C11 : IConstant
    {
        public static int Value => 11;
    }

    [StructLayout(LayoutKind.Sequential, Size = 12)]
    internal readonly struct C12 : IConstant
    {
        public static int Value => 12;
    }

    [StructLayout(LayoutKind.Sequential, Size = 13)]
    internal readonly struct C13 : IConstant
    {
        public static int Value => 13;
    }

    [StructLayout(LayoutKind.Sequential, Size = 14)]
    internal readonly struct C14 : IConstant
    {
        public static int Value => 14;
    }
}
